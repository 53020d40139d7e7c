import type { FastifyRequest } from 'fastify';
import { ServerError } from './errors.ts';
import type { Multipart } from './route.ts';

/** The names under which contents are sent: of files, and of the code of functions. */
const FILE_FIELDS = new Set(['file', 'code']);

/** Reads a multipart body; anything else has no fields and no file. */
export async function readMultipart(request: FastifyRequest): Promise<Multipart> {
  const result: Multipart = { fields: {}, file: undefined };
  if (!request.isMultipart()) return result;
  for await (const part of readableParts(request)) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer();
      if (FILE_FIELDS.has(part.fieldname)) result.file = { name: part.filename, bytes };
      continue;
    }
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
      if (error instanceof Error && 'statusCode' in error) throw error;
      throw new ServerError('general_bad_request');
    }
    if (next.done === true) return;
    yield next.value;
  }
}
