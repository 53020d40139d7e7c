import type { IncomingMessage, ServerResponse } from 'node:http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { appHeaders } from './app-headers.ts';
import type { Context } from './context.ts';
import { isApi, sendNotFound } from './http.ts';

const NO_CACHE = 'no-cache';
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Names that change with their content, as the build makes them: `name-Bx3Kd9aQ.js`. */
const HASHED = /[/\\]assets[/\\].*-[\w-]{8,}\.\w+$/;

export interface WebAppOptions {
  app: { dir: string } | { handle(req: IncomingMessage, res: ServerResponse): void } | undefined;
  /** The answer to `/config.json`. */
  config: Record<string, unknown>;
}

/** Everything outside `/v1`: the settings of the app, its files, and its index.html for the paths of its pages. */
export function serveApp(http: FastifyInstance, context: Context, { app, config }: WebAppOptions): void {
  http.get('/config.json', (_request, reply) => reply.header('cache-control', NO_CACHE).send(config));
  if (app && 'dir' in app) {
    const headers = Object.entries(appHeaders(config));
    void http.register(fastifyStatic, {
      root: app.dir,
      wildcard: false,
      cacheControl: false,
      setHeaders: (response, path) => {
        response.setHeader('cache-control', HASHED.test(path) ? IMMUTABLE : NO_CACHE);
        for (const [name, value] of headers) response.setHeader(name, value);
      },
    });
  }
  http.setNotFoundHandler((request, reply) => {
    if (isApi(request.url) || !app) return sendNotFound(context, request, reply);
    if ('handle' in app) {
      reply.hijack();
      app.handle(request.raw, reply.raw);
      return reply;
    }
    const page = request.method === 'GET' && !/\.\w+$/.test(request.url.split('?')[0] ?? '');
    return page ? reply.sendFile('index.html') : sendNotFound(context, request, reply);
  });
}
