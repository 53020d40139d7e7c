import { randomBytes } from 'node:crypto';

const MAX_ID_LENGTH = 36;

/** 20 hex digits: the milliseconds since 1970, then random bits; what `unique()` stands for. */
export function uniqueId(): string {
  return Date.now().toString(16).padStart(13, '0').slice(-13) + randomBytes(4).toString('hex').slice(0, 7);
}

/** Ids: 1 to 36 characters of a-z, A-Z, 0-9, period, hyphen and underscore, the first one a letter or digit. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID_LENGTH && /^[A-Za-z0-9][\w.-]*$/.test(value);
}

/** A time as it is stored and sent: `2026-11-20T05:30:04.150+00:00`. Sorts as text. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+00:00');
}

export function now(): string {
  return formatTime(Date.now());
}
