/**
 * What can go wrong with a request, as values: callers decide by `kind` and show `message`.
 *
 * - `offline`: no answer, the request may or may not have been carried out
 * - `unauthenticated`: the session is missing or expired
 * - `forbidden`: signed in, but not allowed
 * - `rate-limited`: too many requests; `retryAt` says when to try again
 * - `conflict`: the id is taken
 * - `not-found`: the thing does not exist, or the caller may not see it
 * - `too-large`: more bytes than the server takes
 * - `rejected`: the request itself is wrong and will stay wrong
 * - `server`: the server failed; trying again may help
 */
export type FailureKind =
  | 'offline'
  | 'unauthenticated'
  | 'forbidden'
  | 'rate-limited'
  | 'conflict'
  | 'not-found'
  | 'too-large'
  | 'rejected'
  | 'server';

export interface Failure {
  readonly ok: false;
  readonly kind: FailureKind;
  /** One sentence for a person: what is wrong and, where there is something to do, what. */
  readonly message: string;
  /** Only with `rate-limited`: epoch milliseconds. */
  readonly retryAt?: number;
}

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

export type Outcome<T> = Success<T> | Failure;

export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

export function failure(kind: FailureKind, message: string, retryAt?: number): Failure {
  return retryAt === undefined ? { ok: false, kind, message } : { ok: false, kind, message, retryAt };
}

/** Whether the same request can succeed later without anybody changing anything but the network or the server. */
export function isPassing(kind: FailureKind): boolean {
  return kind === 'offline' || kind === 'rate-limited' || kind === 'server';
}
