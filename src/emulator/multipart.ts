import type { FastifyRequest } from 'fastify';
import { ServerError } from './errors.ts';
import type { Multipart } from './route.ts';

/** The names under which contents are sent: of files, and of the code of functions. */
const FILE_FIELDS = new Set(['file', 'code']);

/** Room for one file and its parameters, of which a hundred may be permissions. */
const MAX_FIELDS = 110;
export const MULTIPART_LIMITS = { fields: MAX_FIELDS, fieldSize: 64 * 1024, files: 1, parts: MAX_FIELDS + 1 };
/** Of the parser, for bodies with more than that. */
const TOO_MANY = new Set(['FST_PARTS_LIMIT', 'FST_FILES_LIMIT', 'FST_FIELDS_LIMIT']);

/** Reads a multipart body; anything else has no fields and no file. A body above `maxBytes` ends the connection. */
export async function readMultipart(request: FastifyRequest, maxBytes: number): Promise<Multipart> {
  const result: Multipart = { fields: {}, file: undefined };
  if (!request.isMultipart()) return result;
  const { raw } = request;
  let received = 0;
  if (Number(raw.headers['content-length'] ?? 0) > maxBytes) raw.socket.destroy();
  raw.on('data', (bytes: Buffer) => {
    received += bytes.length;
    if (received > maxBytes) raw.socket.destroy();
  });
  for await (const part of readableParts(request)) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer();
      if (FILE_FIELDS.has(part.fieldname)) result.file = { name: part.filename, bytes };
      continue;
    }
    if (part.fieldnameTruncated || part.valueTruncated) throw new ServerError('general_bad_request');
    const list = /^(.+)\[\w*\]$/.exec(part.fieldname)?.[1];
    const value = String(part.value);
    if (list === undefined) result.fields[part.fieldname] = value;
    else {
      const items = result.fields[list];
      result.fields[list] = Array.isArray(items) ? [...items, value] : [value];
    }
  }
  return result;
}

type Part = ReturnType<FastifyRequest['parts']> extends AsyncIterableIterator<infer P> ? P : never;

/** A body that is cut or has no boundaries is the fault of the client. */
async function* readableParts(request: FastifyRequest): AsyncGenerator<Part> {
  const parts = request.parts();
  for (;;) {
    let next: IteratorResult<Part>;
    try {
      next = await parts.next();
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error && !isTooMany(error)) throw error;
      throw new ServerError('general_bad_request');
    }
    if (next.done === true) return;
    yield next.value;
  }
}

function isTooMany(error: Error): boolean {
  return 'code' in error && TOO_MANY.has(String(error.code));
}
