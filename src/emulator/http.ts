import { Readable } from 'node:stream';
import fastifyMultipart from '@fastify/multipart';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noteAccess } from './access.ts';
import { callerName, GUEST, hasScope, identify, one } from './caller.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { corsHeaders, hostOf } from './cors.ts';
import { ServerError } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { MULTIPART_LIMITS, readMultipart } from './multipart.ts';
import { parseQueryString } from './query-string.ts';
import { applyLimit } from './rate-limits.ts';
import type { ApiRequest, Reply, Route } from './route.ts';
import { SERVER_VERSION, versionWarning } from './version.ts';

/** Larger requests are dropped without an answer. */
const MAX_BODY_BYTES = 12 * 1024 * 1024;
/** Idle and unfinished connections are ended, so that nobody can hold many open by saying little. */
export interface ConnectionLimits {
  /** Milliseconds for the headers of a request. */
  headers: number;
  /** Milliseconds for a whole request. */
  request: number;
  /** Milliseconds in which nothing is sent either way. Sockets of realtime are not meant. */
  idle: number;
  /** Connections at the same time, those of realtime included. */
  connections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headers: 20_000,
  request: 180_000,
  idle: 180_000,
  connections: 10_000,
};
/** How often connections are looked at; not longer than the shortest limit. */
const CHECK_INTERVAL_MS = 5_000;

/** JSON bodies may be nested this deep. */
const MAX_JSON_DEPTH = 512;
const QUOTE = 0x22;
const NO_CACHE = 'no-cache, no-store, must-revalidate';
const NOT_FOUND_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Page not found</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 30rem; padding: 0 1rem; }
    </style>
  </head>
  <body>
    <h1>Page not found</h1>
    <p>This server has nothing at this address.</p>
  </body>
</html>
`;

/** The HTTP side of the server: recognises requests below `/v1`, checks them and hands them to the routes. */
export function createHttp(
  context: Context,
  routes: readonly Route[],
  limits: ConnectionLimits = CONNECTION_LIMITS,
): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000 },
    requestTimeout: limits.request,
    connectionTimeout: limits.idle,
    http: {
      headersTimeout: limits.headers,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, limits.headers),
    },
  });
  app.server.maxConnections = limits.connections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  void app.register(fastifyMultipart, { limits: { fileSize: MAX_BODY_BYTES, ...MULTIPART_LIMITS } });
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeader('x-content-type-options', 'nosniff');
    if (request.method === 'OPTIONS' && isApi(request.url)) sendPreflight(request, reply);
    else done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    noteRequest(context, request, reply);
    done();
  });
  app.setErrorHandler((error, request, reply) => sendError(context, error, request, reply));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: `/v1${route.path}`,
      handler: (request, reply) => answer(context, route, request, reply),
    });
  }
  return app;
}

function noteRequest({ metrics, log }: Context, request: FastifyRequest, reply: FastifyReply): void {
  const { method, url, routeOptions } = request;
  const { statusCode, elapsedTime } = reply;
  metrics.request(routeOptions.url ?? 'other', method, statusCode, elapsedTime);
  const [path = ''] = url.split('?', 1);
  log({ level: 'info', message: 'Request', method, path, status: statusCode, ms: Math.round(elapsedTime * 100) / 100 });
}

export function isApi(url: string): boolean {
  return url === '/v1' || url.startsWith('/v1/') || url.startsWith('/v1?');
}

/** The page for unknown routes below `/v1`. */
export function sendNotFound(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  setCors(context, request, reply, false);
  return reply
    .code(404)
    .headers({ 'content-type': 'text/html; charset=UTF-8', 'cache-control': NO_CACHE })
    .send(NOT_FOUND_PAGE);
}

async function answer(
  context: Context,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = parseQueryString(request.url);
  const known = findProject(context, request, query);
  const identified = known ? identify(context, request.headers, one(request.headers['x-appwrite-jwt'])) : GUEST;
  checkOrigin(context, request, reply, identified);
  const caller = noteAccess(context, identified);
  if (!hasScope(caller, route.scopes)) {
    const missing = JSON.stringify(route.scopes);
    throw new ServerError(
      'general_unauthorized_scope',
      `${callerName(caller, context.projectId)} missing scopes (${missing})`,
    );
  }
  if (!known && !route.scopes.includes('public')) throw new ServerError('project_not_found');
  const apiRequest = toApiRequest(context, caller, query, request);
  route.before?.(apiRequest);
  const settleLimit = applyLimit(route, apiRequest, (headers) => void reply.headers(headers));
  const warning = versionWarning(one(request.headers['x-appwrite-response-format']));
  if (warning !== undefined) void reply.header('x-appwrite-warning', warning);
  const result = await route.handle(apiRequest);
  settleLimit(result.status);
  return send(reply, result);
}

function toApiRequest(context: Context, caller: Caller, query: JsonObject, request: FastifyRequest): ApiRequest {
  const body: unknown = request.body;
  return {
    context,
    caller,
    query,
    path: request.params as Record<string, string>,
    body: Buffer.isBuffer(body) ? parseBody(body) : {},
    headers: request.headers,
    ip: request.ip,
    origin: `${request.protocol}://${request.host}`,
    multipart: () => readMultipart(request, MAX_BODY_BYTES),
  };
}

/** A body that is no JSON object counts as empty. Too deep ones are refused: working on them would exhaust the stack. */
function parseBody(body: Buffer): JsonObject {
  if (isDeeper(body, MAX_JSON_DEPTH)) {
    throw new ServerError(
      'general_argument_invalid',
      `Invalid body: Value must not be nested deeper than ${MAX_JSON_DEPTH}`,
    );
  }
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Counts brackets outside strings, which is cheap also for long ones. */
function isDeeper(json: Buffer, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

/** The position of the quote that ends the string beginning at `start`; of the end if there is none. */
function endOfString(json: Buffer, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (json[at - 1 - escapes] === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return json.length;
}

/** True for this project; false without a project, which makes the caller a guest. */
function findProject(context: Context, request: FastifyRequest, query: JsonObject): boolean {
  const named = one(request.headers['x-appwrite-project']) ?? query['project'];
  if (named === undefined || named === '' || named === 'console') return false;
  if (named !== context.projectId) throw new ServerError('project_not_found');
  return one(request.headers['x-appwrite-mode']) !== 'admin';
}

/** Refuses foreign origins, so that no other page can use the cookies of its visitors. Keys are not tied to origins. */
function checkOrigin(context: Context, request: FastifyRequest, reply: FastifyReply, caller: Caller): void {
  const allowed = setCors(context, request, reply, false);
  if (allowed || caller.kind === 'key') return;
  const host = hostOf(one(request.headers.origin) ?? '');
  throw new ServerError(
    'general_unknown_origin',
    `Invalid Origin. Register your new client (${host}) as a new Web platform on your project console dashboard`,
  );
}

function setCors(context: Context, request: FastifyRequest, reply: FastifyReply, always: boolean): boolean {
  const origin = one(request.headers.origin);
  const allowed = origin === undefined || always || context.allowsHost(hostOf(origin));
  reply.headers(corsHeaders(origin, allowed));
  return allowed;
}

/** Preflights are answered for every origin and route; the request itself is checked. */
function sendPreflight(request: FastifyRequest, reply: FastifyReply): void {
  const origin = one(request.headers.origin);
  reply.headers(corsHeaders(origin, true));
  void reply.code(204).type('text/html').send();
}

function send(reply: FastifyReply, { status, body, headers }: Reply): FastifyReply {
  void reply.code(status);
  if (headers) reply.headers(headers);
  if (body === undefined) return reply.type('text/html').send();
  if (Buffer.isBuffer(body) || body instanceof Readable) return reply.send(body);
  return reply.type('application/json; charset=UTF-8').send(JSON.stringify(body));
}

function sendError(context: Context, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 413) {
    reply.hijack();
    request.raw.socket.destroy();
    return;
  }
  const known = error instanceof ServerError ? error : badRequest(error);
  if (!known) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.log({
      level: 'error',
      message: 'A request failed',
      method: request.method,
      url: request.url.split('?')[0],
      error: detail,
    });
  }
  setCors(context, request, reply, false);
  const { type, code, message } = known ?? new ServerError('general_unknown');
  void reply
    .code(code)
    .type('application/json; charset=UTF-8')
    .header('cache-control', NO_CACHE)
    .send(JSON.stringify({ message, code, type, version: SERVER_VERSION }));
}

/** Requests that could not even be read: malformed addresses, headers and multipart bodies. */
function badRequest(error: unknown): ServerError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500
    ? new ServerError('general_bad_request')
    : undefined;
}
