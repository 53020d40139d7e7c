import { createHash } from 'node:crypto';
import { isEmail } from './emails.ts';
import { ServerError } from './errors.ts';
import type { ApiRequest, Route } from './route.ts';

/** So many windows are remembered before those that have ended are forgotten. */
const SWEEP_ABOVE = 10_000;
/** Looking for ended windows takes time. */
const SWEEP_INTERVAL_MS = 1000;
/** The oldest windows are forgotten when there are more. */
const MAX_WINDOWS = 200_000;
/** Longer keys are remembered by their hash. */
const MAX_KEY_LENGTH = 200;

export interface Window {
  /** Requests that are left in it. */
  remaining: number;
  /** Seconds since 1970 at which the next one begins. */
  reset: number;
  exceeded: boolean;
}

/** Counts requests in windows that follow the clock: each full minute (or hour) begins a new one. */
export class RateLimits {
  /** False: everything is counted as the first. */
  readonly enforced: boolean;
  readonly #counts = new Map<string, { count: number; reset: number }>();
  #swept = 0;

  constructor(enforced: boolean) {
    this.enforced = enforced;
  }

  /** Counts one more for the key. `per` is in seconds, `now` in milliseconds. */
  take(key: string, { requests, per }: { requests: number; per: number }, now = Date.now()): Window {
    const reset = Math.floor(now / (per * 1000) + 1) * per;
    if (!this.enforced) return { remaining: requests - 1, reset, exceeded: false };
    if (this.#counts.size >= SWEEP_ABOVE) this.#sweep(now);
    const name = shortened(key);
    const known = this.#counts.get(name);
    const count = known?.reset === reset ? known.count + 1 : 1;
    this.#counts.set(name, { count, reset });
    return { remaining: Math.max(0, requests - count), reset, exceeded: count > requests };
  }

  forget(key: string): void {
    this.#counts.delete(shortened(key));
  }

  /** Windows that are remembered. */
  get size(): number {
    return this.#counts.size;
  }

  #sweep(now: number): void {
    if (this.#counts.size >= MAX_WINDOWS) {
      const [oldest] = this.#counts.keys();
      if (oldest !== undefined) this.#counts.delete(oldest);
    }
    if (Math.abs(now - this.#swept) < SWEEP_INTERVAL_MS) return;
    this.#swept = now;
    for (const [key, { reset }] of this.#counts) if (reset * 1000 <= now) this.#counts.delete(key);
  }
}

function shortened(key: string): string {
  return key.length > MAX_KEY_LENGTH ? createHash('sha256').update(key).digest('base64') : key;
}

/**
 * Counts a request of a limited route, and tells in headers what is left; keys are not limited. Returns what to do with
 * the status of the answer. The headers belong to a refusal, too: they are told before this throws 429.
 */
export function applyLimit(
  route: Route,
  request: ApiRequest,
  tell: (headers: Record<string, string>) => void,
): (status: number) => void {
  const { limit } = route;
  if (!limit) return () => undefined;
  const { limits } = request.context;
  const key = JSON.stringify([route.method, route.path, (limit.by ?? byAddress)(request)]);
  const counted = request.caller.kind === 'key' ? UNLIMITED : limits;
  const window = counted.take(key, limit);
  tell({
    'x-ratelimit-limit': String(limit.requests),
    'x-ratelimit-remaining': String(window.remaining),
    'x-ratelimit-reset': String(window.reset),
  });
  if (window.exceeded) throw new ServerError('general_rate_limit_exceeded');
  return (status) => {
    if (status === limit.resetOn) limits.forget(key);
  };
}

const UNLIMITED = new RateLimits(false);

function byAddress({ ip }: ApiRequest): string {
  return ip;
}

/** Each user of an address has windows of their own. */
export function byUser({ caller, ip }: ApiRequest): string {
  return caller.kind === 'user' ? `${ip} ${caller.user.$id}` : ip;
}

/** The address that is being tried, wherever the requests come from. What is none counts for who sends it. */
export function byEmail({ body, ip }: ApiRequest): string {
  const { email } = body;
  return isEmail(email) ? email.toLowerCase() : ip;
}

/** Each chunk of a file counts for itself. */
export function byUserAndChunk(request: ApiRequest): string {
  const range = request.headers['content-range'] ?? '';
  return `${byUser(request)} ${/\d+/.exec(range)?.[0] ?? ''}`;
}
