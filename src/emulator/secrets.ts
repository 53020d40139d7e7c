import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';

const KEY_LENGTH = 64;
const COST = { N: 16384, r: 8, p: 1 };

/** As the API shows it to keys. */
export const HASH_OPTIONS = {
  type: 'scrypt',
  costCpu: COST.N,
  costMemory: COST.r,
  costParallel: COST.p,
  length: KEY_LENGTH,
};

function derive(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_LENGTH, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** `salt:hash`, both in hex. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16).toString('hex');
  return `${salt}:${(await derive(password, salt)).toString('hex')}`;
}

/** Takes as long for an unknown user (`stored` undefined) as for a wrong password. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [salt = '', hash = ''] = (stored ?? ':').split(':');
  const derived = await derive(password, salt);
  const expected = Buffer.from(hash, 'hex');
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}

/** Compares secrets of any length without telling by time where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

export function randomSecret(bytes = 128): string {
  return randomBytes(bytes).toString('hex');
}

/** How secrets of sessions are stored: they are random, so a plain hash is enough. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The value of the session cookie: user id and secret. */
export function encodeSession(userId: string, secret: string): string {
  return Buffer.from(JSON.stringify({ id: userId, secret })).toString('base64');
}

export function decodeSession(text: string): { userId: string; secret: string } | undefined {
  const value = parseObject(Buffer.from(text, 'base64').toString('utf8'));
  const { id, secret } = value ?? {};
  return typeof id === 'string' && typeof secret === 'string' ? { userId: id, secret } : undefined;
}

/** A JSON web token (HS256) that is valid for `seconds`. */
export function signToken(claims: JsonObject, seconds: number, key: string): string {
  const payload = { ...claims, exp: Math.floor(Date.now() / 1000) + seconds };
  const head = [{ typ: 'JWT', alg: 'HS256' }, payload].map((part) => base64url(JSON.stringify(part))).join('.');
  return `${head}.${signature(head, key)}`;
}

/** The claims of a token, or why it is refused. */
export function verifyToken(token: string, key: string): { claims: JsonObject } | { problem: string } {
  const [header, payload, given, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || given === undefined || rest.length > 0) {
    return { problem: 'Incomplete segments' };
  }
  if (!sameSecret(signature(`${header}.${payload}`, key), given)) return { problem: 'Signature failed' };
  const claims = parseObject(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!claims) return { problem: 'Invalid payload' };
  if (typeof claims['exp'] !== 'number' || claims['exp'] * 1000 < Date.now()) return { problem: 'Expired' };
  return { claims };
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function signature(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
