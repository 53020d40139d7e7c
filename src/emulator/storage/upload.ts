import type { ApiRequest } from '../route.ts';
import { ServerError } from '../errors.ts';

/** Files are sent in pieces of this size. */
const CHUNK_BYTES = 5 * 1024 * 1024;

/** Which part of a file a request brings. */
export interface Piece {
  start: number;
  total: number;
  number: number;
  of: number;
}

/**
 * Reads `Content-Range: bytes 0-5242879/5244114`; without the header the request brings the whole file. The header must
 * describe the `length` bytes that were sent: nothing of a file is measured by it alone.
 */
export function readPiece({ headers }: Pick<ApiRequest, 'headers'>, length: number): Piece {
  const range = headers['content-range'];
  if (range === undefined) return { start: 0, total: length, number: 1, of: 1 };
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range);
  const [start, end, total] = (match ?? []).slice(1).map(Number);
  if (
    start === undefined ||
    end === undefined ||
    total === undefined ||
    start > end ||
    end >= total ||
    start % CHUNK_BYTES !== 0 ||
    end - start + 1 !== length ||
    length !== Math.min(CHUNK_BYTES, total - start)
  ) {
    throw new ServerError('storage_invalid_content_range');
  }
  return { start, total, number: start / CHUNK_BYTES + 1, of: Math.ceil(total / CHUNK_BYTES) };
}

/** The bytes that a `Range` header asks for; undefined without one. 416 for all but `bytes=a-b` and `bytes=a-` inside the file. */
export function readRange(
  { headers }: Pick<ApiRequest, 'headers'>,
  size: number,
): { start: number; end: number } | undefined {
  const { range } = headers;
  if (range === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d*)$/.exec(range);
  const start = Number(match?.[1]);
  const end = match?.[2] === '' ? size - 1 : Number(match?.[2]);
  if (!match || start > end || end >= size) throw new ServerError('storage_invalid_range');
  return { start, end };
}
