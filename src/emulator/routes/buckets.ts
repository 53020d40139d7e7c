import type { BucketConfig } from '../config.ts';
import { invalidParam, ServerError } from '../errors.ts';
import { isStringList } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { boolean, newId, number, text } from '../params.ts';
import { TABLE_ACTIONS } from '../permissions.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { isUniqueViolation } from '../sqlite.ts';
import { makeBucket, MAX_FILE_BYTES, presentBucket } from '../storage/model.ts';
import type { Bucket } from '../storage/model.ts';
import { permissionsParam } from './rows-params.ts';

const ONE = '/storage/buckets/:bucketId';
const READ = ['buckets.read'];
const WRITE = ['buckets.write'];
const COMPRESSIONS = ['none', 'gzip', 'zstd'];

/** Buckets, by API key. */
export const bucketRoutes: readonly Route[] = [
  { method: 'POST', path: '/storage/buckets', scopes: WRITE, handle: create },
  { method: 'GET', path: '/storage/buckets', scopes: READ, handle: list },
  {
    method: 'GET',
    path: ONE,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentBucket(findBucket(request)) }),
  },
  { method: 'PUT', path: ONE, scopes: WRITE, handle: update },
  { method: 'DELETE', path: ONE, scopes: WRITE, handle: remove },
];

/** The bucket of the path; disabled ones exist for keys only. */
export function findBucket({ context, caller, path }: ApiRequest): Bucket {
  const bucket = context.buckets.get(path['bucketId'] ?? '');
  if (!bucket || (!bucket.enabled && caller.kind !== 'key')) throw new ServerError('storage_bucket_not_found');
  return bucket;
}

function readBucket(id: string, body: JsonObject): BucketConfig {
  const permissions = permissionsParam(body, TABLE_ACTIONS);
  return {
    $id: id,
    name: text(body, 'name'),
    ...(permissions && { $permissions: permissions }),
    fileSecurity: boolean(body, 'fileSecurity', false),
    enabled: boolean(body, 'enabled', true),
    maximumFileSize: number(body, 'maximumFileSize', { min: 1, max: MAX_FILE_BYTES, fallback: MAX_FILE_BYTES }),
    compression: readCompression(body),
    encryption: boolean(body, 'encryption', true),
    antivirus: boolean(body, 'antivirus', true),
    allowedFileExtensions: isStringList(body['allowedFileExtensions']) ? body['allowedFileExtensions'] : [],
  };
}

function readCompression(body: JsonObject): string {
  const compression = text(body, 'compression', { fallback: 'none' });
  if (COMPRESSIONS.includes(compression)) return compression;
  throw invalidParam('compression', `Value must be one of (${COMPRESSIONS.join(', ')})`);
}

async function create({ context, body }: ApiRequest): Promise<Reply> {
  const bucket = makeBucket(readBucket(newId(body, 'bucketId'), body), undefined);
  return context.writer.write(() => {
    try {
      context.buckets.insert(bucket);
    } catch (error) {
      if (isUniqueViolation(error)) throw new ServerError('storage_bucket_already_exists');
      throw error;
    }
    return { status: 201, body: presentBucket(bucket) };
  });
}

function list({ context, query }: ApiRequest): Reply {
  const { total, items } = listDocuments(context.buckets, query, {
    fields: { name: 'text', enabled: 'boolean' },
    searched: ['$id', 'name'],
  });
  return { status: 200, body: { total, buckets: items.map(presentBucket) } };
}

async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const config = readBucket(part(request, 'bucketId'), body);
  return context.writer.write(() => {
    const bucket = makeBucket(config, findBucket(request));
    context.buckets.update(bucket);
    return { status: 200, body: presentBucket(bucket) };
  });
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const files = await context.writer.write(() => {
    const bucket = findBucket(request);
    const inside = context.files.where('bucketId', bucket.$id);
    for (const file of inside) context.files.delete(file.$id);
    context.buckets.delete(bucket.$id);
    return inside;
  });
  for (const file of files) await context.blobs.delete(file.blob);
  return NO_CONTENT;
}
