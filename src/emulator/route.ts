import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import type { Json, JsonObject } from './json.ts';

/** A request as a handler sees it: recognised, checked for its scope, parameters read. */
export interface ApiRequest {
  context: Context;
  caller: Caller;
  /** The named parts of the path. */
  path: Record<string, string>;
  query: JsonObject;
  body: JsonObject;
  headers: IncomingHttpHeaders;
  ip: string;
  /** Scheme and host under which the request came in. */
  origin: string;
  /** The fields and the file of a multipart body. */
  multipart: () => Promise<Multipart>;
}

/** A multipart body; fields named `name[]` are lists. */
export interface Multipart {
  fields: JsonObject;
  file: { name: string; bytes: Buffer } | undefined;
}

export interface Reply {
  status: number;
  body?: Json | Buffer | Readable;
  headers?: Record<string, string | string[]>;
}

export interface Limit {
  requests: number;
  /** Seconds. */
  per: number;
  /** What has a window of its own; else each address. */
  by?: (request: ApiRequest) => string;
  /** An answer of this status begins the window anew. */
  resetOn?: number;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`, with `:names`. */
  path: string;
  /** The caller needs one of them. */
  scopes: readonly string[];
  /** Requests in a window of `per` seconds. Told in headers, enforced only where the options of the server say so. */
  limit?: Limit;
  /** Checks that come before the request counts. */
  before?: (request: ApiRequest) => unknown;
  handle: (request: ApiRequest) => Reply | Promise<Reply>;
}

export const NO_CONTENT: Reply = { status: 204 };

/** The part of the path with that name; routes are written so that it is there. */
export function part(request: ApiRequest, name: string): string {
  return request.path[name] ?? '';
}
