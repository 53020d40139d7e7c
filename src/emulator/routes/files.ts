import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { fileEvent } from '../events.ts';
import { now, uniqueId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { newId, text } from '../params.ts';
import { holdsAny, rolesFor, rolesWithAccess } from '../permissions.ts';
import type { Action } from '../permissions.ts';
import { byUser, byUserAndChunk } from '../rate-limits.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { defaultPermissions, grantable } from '../row-service.ts';
import { describeContent } from '../storage/blobs.ts';
import type { ContentFacts } from '../storage/blobs.ts';
import { isComplete, presentFile } from '../storage/model.ts';
import type { Bucket, FileDoc } from '../storage/model.ts';
import { readPiece, readRange } from '../storage/upload.ts';
import type { Piece } from '../storage/upload.ts';
import { findBucket } from './buckets.ts';
import { permissionsParam } from './rows-params.ts';

const FILES = '/storage/buckets/:bucketId/files';
const ONE = `${FILES}/:fileId`;
const READ = ['files.read'];
const WRITE = ['files.write'];
const CREATES = { requests: 60, per: 60, by: byUserAndChunk };
const DELETES = { requests: 60, per: 60, by: byUser };
/** Kinds that browsers may show in place; everything else is shown as text. */
const INLINE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf', 'text/plain']);

export const fileRoutes: readonly Route[] = [
  { method: 'POST', path: FILES, scopes: WRITE, limit: CREATES, handle: create },
  { method: 'GET', path: FILES, scopes: READ, handle: list },
  {
    method: 'GET',
    path: ONE,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentFile(readable(request).file) }),
  },
  { method: 'GET', path: `${ONE}/download`, scopes: READ, handle: (request) => content(request, 'attachment') },
  { method: 'GET', path: `${ONE}/view`, scopes: READ, handle: (request) => content(request, 'inline') },
  { method: 'PUT', path: ONE, scopes: WRITE, handle: update },
  { method: 'DELETE', path: ONE, scopes: WRITE, limit: DELETES, handle: remove },
];

function key(bucket: Bucket, fileId: string): string {
  return `${bucket.$id}/${fileId}`;
}

function allowed({ caller }: ApiRequest, bucket: Bucket, file: FileDoc, action: Action): boolean {
  return (
    caller.kind === 'key' ||
    holdsAny(caller.roles, rolesWithAccess(bucket.$permissions, file.$permissions, bucket.fileSecurity, action))
  );
}

/** The file of the path; for those who may not read it, it does not exist. */
function readable(request: ApiRequest): { bucket: Bucket; file: FileDoc } {
  const bucket = findBucket(request);
  const file = request.context.files.get(key(bucket, part(request, 'fileId')));
  if (!file || !allowed(request, bucket, file, 'read')) throw new ServerError('storage_file_not_found');
  return { bucket, file };
}

function writable(request: ApiRequest, action: Action): { bucket: Bucket; file: FileDoc } {
  const bucket = findBucket(request);
  const file = request.context.files.get(key(bucket, part(request, 'fileId')));
  if (!file) throw new ServerError('storage_file_not_found');
  if (!allowed(request, bucket, file, action)) throw new ServerError('user_unauthorized');
  return { bucket, file };
}

function publish(
  { context, caller }: ApiRequest,
  bucket: Bucket,
  file: FileDoc,
  action: 'create' | 'update' | 'delete',
): () => void {
  const roles = rolesWithAccess(bucket.$permissions, file.$permissions, bucket.fileSecurity, 'read');
  return () => context.publish({ ...fileEvent(bucket.$id, file.fileId, action, presentFile(file), roles), by: caller });
}

/** A whole file, or one chunk of it. The bytes are on disk before the file is known. */
async function create(request: ApiRequest): Promise<Reply> {
  checkCreate(request, findBucket(request)); // before anything of the body is read
  const { context, headers } = request;
  const { fields, file: sent } = await request.multipart();
  if (!sent) throw new ServerError('storage_file_empty');
  const given = newId(fields, 'fileId');
  const permissions = permissionsParam(fields);
  const bucket = findBucket(request);
  const granted = grantable(request, permissions ?? defaultPermissions(request));
  const piece = readPiece(request, sent.bytes.length);
  checkFile(bucket, sent.name, piece);
  const continued = headers['x-appwrite-id'];
  const fileId = typeof continued === 'string' && continued !== '' ? newId({ fileId: continued }, 'fileId') : given;
  const wanted = newFile(request, bucket, { fileId, name: sent.name, piece, permissions: granted });
  const { bytes } = sent;
  return context.blobs.inTurn(wanted.$id.toLowerCase(), () =>
    piece.of === 1 ? storeWhole(request, wanted, bytes) : storeChunk(request, wanted, piece, bytes),
  );
}

function checkCreate({ caller }: ApiRequest, bucket: Bucket): void {
  if (caller.kind === 'key' || holdsAny(caller.roles, rolesFor(bucket.$permissions, 'create'))) return;
  throw new ServerError('user_unauthorized', "No permissions provided for action 'create'");
}

function checkFile(bucket: Bucket, name: string, piece: Piece): void {
  const extension = /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const { allowedFileExtensions: extensions } = bucket;
  if (extensions.length > 0 && !extensions.includes(extension))
    throw new ServerError('storage_file_type_unsupported', 'File extension not allowed');
  if (piece.total > bucket.maximumFileSize) throw new ServerError('storage_invalid_file_size', 'File size not allowed');
}

interface NewFile {
  fileId: string;
  name: string;
  piece: Piece;
  permissions: string[];
}

function newFile({ caller }: ApiRequest, bucket: Bucket, { fileId, name, piece, permissions }: NewFile): FileDoc {
  const time = now();
  return {
    $id: key(bucket, fileId),
    fileId,
    bucketId: bucket.$id,
    $createdAt: time,
    $updatedAt: time,
    $permissions: permissions,
    name,
    signature: '',
    mimeType: '',
    size: piece.total,
    chunksTotal: piece.of,
    chunks: [],
    blob: uniqueId(),
    ...(caller.kind === 'user' && { owner: caller.user.$id }),
  };
}

/** The file appears when all of it is on disk. */
async function storeWhole(request: ApiRequest, wanted: FileDoc, bytes: Buffer): Promise<Reply> {
  const { context } = request;
  const { blobs, files } = context;
  if (files.get(wanted.$id)) throw new ServerError('storage_file_already_exists');
  const file: FileDoc = { ...wanted, ...describeContent(bytes), chunks: [1], $updatedAt: now() };
  try {
    await blobs.put(file.blob, bytes);
    await context.writer.write((afterCommit) => {
      const bucket = findBucket(request);
      if (files.get(file.$id)) throw new ServerError('storage_file_already_exists');
      files.insert(file);
      afterCommit(publish(request, bucket, file, 'create'));
    });
  } catch (error) {
    await blobs.delete(file.blob);
    throw error;
  }
  return { status: 201, body: presentFile(file) };
}

/** Notes a chunk once it is on disk; the last one completes the file. A chunk of a complete file changes nothing. */
async function storeChunk(request: ApiRequest, wanted: FileDoc, piece: Piece, bytes: Buffer): Promise<Reply> {
  const { context } = request;
  const { blobs, files } = context;
  const known = files.get(wanted.$id);
  if (known && !continues(request, known, wanted)) throw new ServerError('storage_file_already_exists');
  if (known && isComplete(known)) return { status: 200, body: presentFile(known) };
  const { blob } = known ?? wanted;
  try {
    await blobs.write(blob, piece.start, bytes);
    const chunks = [...new Set([...(known?.chunks ?? []), piece.number])];
    const facts = chunks.length < piece.of ? undefined : await completeFacts(context, blob, piece);
    const file = await context.writer.write((afterCommit) => {
      const bucket = findBucket(request);
      const current = files.get(wanted.$id);
      if (current?.blob !== known?.blob) throw new ServerError('storage_file_not_found');
      const stored = { ...(current ?? wanted), ...facts, chunks, $updatedAt: now() };
      if (current) files.update(stored);
      else files.insert(stored);
      if (facts) afterCommit(publish(request, bucket, stored, 'create'));
      return stored;
    });
    return { status: 201, body: presentFile(file) };
  } catch (error) {
    // Deleted meanwhile, or never known: nobody else will remove it.
    if (files.get(wanted.$id)?.blob !== blob) await blobs.delete(blob);
    throw error;
  }
}

/** True if a chunk of `wanted` belongs to the file: of the same size, and sent by who began it or may change it. */
function continues(request: ApiRequest, known: FileDoc, wanted: FileDoc): boolean {
  const same = known.chunksTotal === wanted.chunksTotal && known.size === wanted.size;
  const own = known.owner !== undefined && known.owner === wanted.owner;
  return same && (own || allowed(request, findBucket(request), known, 'update'));
}

async function completeFacts({ blobs }: Context, blob: string, piece: Piece): Promise<ContentFacts> {
  const { size, ...facts } = await blobs.describe(blob);
  if (size !== piece.total) throw new ServerError('storage_invalid_content_range');
  return facts;
}

function list(request: ApiRequest): Reply {
  const { context, caller, query } = request;
  const bucket = findBucket(request);
  const conditions = [{ sql: `json_extract(doc, '$."bucketId"') = ?`, values: [bucket.$id] }];
  const whole = caller.kind === 'key' || holdsAny(caller.roles, rolesFor(bucket.$permissions, 'read'));
  if (!whole) {
    if (!bucket.fileSecurity) throw new ServerError('user_unauthorized');
    const reads = [...caller.roles].map((role) => `read("${role}")`);
    const marks = reads.map(() => '?').join(', ');
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM json_each(doc, '$."$permissions"') WHERE value IN (${marks}))`,
      values: reads,
    });
  }
  const { total, items } = listDocuments(context.files, query, {
    fields: { name: 'text', signature: 'text', mimeType: 'text', chunksTotal: 'integer' },
    searched: ['fileId', 'name'],
    ids: { field: 'fileId', keyOf: (shown) => key(bucket, shown) },
    within: {
      sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '),
      values: conditions.flatMap(({ values }) => values),
    },
  });
  return { status: 200, body: { total, files: items.map(presentFile) } };
}

/** The bytes of a file, or the range that is asked for. */
async function content(request: ApiRequest, disposition: 'attachment' | 'inline'): Promise<Reply> {
  const { file } = readable(request);
  if (!isComplete(file)) throw new ServerError('storage_file_not_found', 'The file is not complete');
  // Else the answer would break off in the middle, which clients take for a server that is gone.
  if ((await request.context.blobs.size(file.blob)) < file.size) {
    throw new ServerError('storage_file_not_found', 'The content of the file is missing on the disk, or a part of it');
  }
  const range = readRange(request, file.size);
  const type = disposition === 'attachment' || INLINE.has(file.mimeType) ? file.mimeType : 'text/plain';
  const headers = {
    'content-type': type,
    'content-disposition': `${disposition}; filename="${file.name.replaceAll(/["\\\r\n]/g, '_').replaceAll(/[^\u0020-\u007E]/g, '_')}"`,
    'cache-control': 'private, max-age=3888000',
    'content-security-policy': "script-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  };
  const { blobs } = request.context;
  if (!range) {
    // Never more than was announced, whatever is on disk.
    const body = file.size === 0 ? Buffer.alloc(0) : blobs.read(file.blob, { start: 0, end: file.size - 1 });
    return { status: 200, body, headers: { ...headers, 'content-length': String(file.size) } };
  }
  const length = String(range.end - range.start + 1);
  const partial = {
    'accept-ranges': 'bytes',
    'content-range': `bytes ${range.start}-${range.end}/${file.size}`,
    'content-length': length,
  };
  return { status: 206, body: blobs.read(file.blob, range), headers: { ...headers, ...partial } };
}

async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const permissions = permissionsParam(body);
  const name = body['name'] === undefined || body['name'] === null ? undefined : text(body, 'name', { max: 255 });
  const file = await context.writer.write((afterCommit) => {
    const found = writable(request, 'update');
    const edit: Partial<FileDoc> = {
      ...(name !== undefined && { name }),
      ...(permissions && { $permissions: grantable(request, permissions) }),
    };
    const updated = { ...found.file, ...edit, $updatedAt: now() };
    context.files.update(updated);
    afterCommit(publish(request, found.bucket, updated, 'update'));
    return updated;
  });
  return { status: 200, body: presentFile(file) as JsonObject };
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const file = await context.writer.write((afterCommit) => {
    const found = writable(request, 'delete');
    context.files.delete(found.file.$id);
    afterCommit(publish(request, found.bucket, found.file, 'delete'));
    return found.file;
  });
  await context.blobs.delete(file.blob);
  return NO_CONTENT;
}
