import type { BucketConfig } from '../config.ts';
import { now } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { normalisePermissions } from '../permissions.ts';

export interface Bucket {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  $permissions: string[];
  fileSecurity: boolean;
  name: string;
  enabled: boolean;
  /** Bytes. */
  maximumFileSize: number;
  /** Empty: all. */
  allowedFileExtensions: string[];
  /** Settings that are kept and shown, as on a real server without the means for them: files tell what was done. */
  compression: string;
  encryption: boolean;
  antivirus: boolean;
}

/** A file; `$id` is `bucket/file`. */
export interface FileDoc {
  $id: string;
  fileId: string;
  bucketId: string;
  $createdAt: string;
  $updatedAt: string;
  $permissions: string[];
  name: string;
  /** MD5 of the content; empty until all chunks are there. */
  signature: string;
  mimeType: string;
  size: number;
  chunksTotal: number;
  /** Numbers of the chunks that were stored. */
  chunks: number[];
  /** Name of the file on disk. */
  blob: string;
  /** Id of the user who uploads it: may send the remaining chunks whatever the permissions say. */
  owner?: string;
}

export const MAX_FILE_BYTES = 30_000_000;
const BUCKET_WRITE = ['create', 'update', 'delete'] as const;

export function makeBucket(config: BucketConfig, before: Bucket | undefined): Bucket {
  const time = now();
  return {
    $id: config.$id,
    $createdAt: before?.$createdAt ?? time,
    $updatedAt: time,
    $permissions: config.$permissions
      ? normalisePermissions(config.$permissions, BUCKET_WRITE)
      : (before?.$permissions ?? []),
    fileSecurity: config.fileSecurity ?? false,
    name: config.name,
    enabled: config.enabled ?? true,
    maximumFileSize: config.maximumFileSize ?? MAX_FILE_BYTES,
    allowedFileExtensions: config.allowedFileExtensions ?? [],
    compression: config.compression ?? 'none',
    encryption: config.encryption ?? true,
    antivirus: config.antivirus ?? true,
  };
}

export function presentBucket(bucket: Bucket): JsonObject {
  return { ...bucket, transformations: true, totalSize: 0 };
}

export function isComplete(file: FileDoc): boolean {
  return file.signature !== '';
}

/** Files are stored as they are: neither encrypted nor compressed nor scanned. */
export function presentFile(file: FileDoc): JsonObject {
  const complete = isComplete(file);
  return {
    $id: file.fileId,
    bucketId: file.bucketId,
    $createdAt: file.$createdAt,
    $updatedAt: file.$updatedAt,
    $permissions: file.$permissions,
    name: file.name,
    folder: '',
    key: file.name,
    signature: file.signature,
    mimeType: file.mimeType,
    sizeOriginal: file.size,
    sizeActual: complete ? file.size : 0,
    chunksTotal: file.chunksTotal,
    chunksUploaded: file.chunks.length,
    encryption: false,
    compression: complete ? 'none' : '',
  };
}
