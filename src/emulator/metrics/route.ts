import type { FastifyInstance, FastifyRequest } from 'fastify';
import { one } from '../caller.ts';
import type { Context } from '../context.ts';
import { hostOf } from '../cors.ts';
import { sendNotFound } from '../http.ts';
import { sameSecret } from '../secrets.ts';
import type { MetricSources } from './server-metrics.ts';

const PATH = '/metrics';
/** Beside `X-Forwarded-…`: each says that somebody else asks. */
const OF_PROXIES = new Set(['forwarded', 'via', 'x-real-ip']);

/**
 * `GET /metrics` for programs on this machine, and for others with the API key (`X-Appwrite-Key` or as bearer token).
 * For everybody else there is nothing at this address.
 */
export function serveMetrics(http: FastifyInstance, context: Context, sources: MetricSources): void {
  http.get(PATH, (request, reply) => {
    if (!isLocal(context, request) && !hasKey(context, request)) return sendNotFound(context, request, reply);
    return reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(context.metrics.text(sources));
  });
}

/** A request of this machine itself: neither passed on by a proxy nor made by a page under a foreign name. */
function isLocal(context: Context, { ip, headers, host }: FastifyRequest): boolean {
  const loopback = ip === '::1' || /^(::ffff:)?127\./.test(ip);
  const passedOn = Object.keys(headers).some((name) => OF_PROXIES.has(name) || name.startsWith('x-forwarded-'));
  return loopback && !passedOn && context.allowsHost(hostOf(`http://${host}`));
}

function hasKey(context: Context, { headers }: FastifyRequest): boolean {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const key = one(headers['x-appwrite-key']) ?? bearer;
  return key !== undefined && sameSecret(key, context.apiKey);
}
