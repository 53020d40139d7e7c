/**
 * The project file `appwrite.json`, in the strict shape that Appwrite's command line tool accepts: unknown keys,
 * a required column with a default, or a text column without its size are mistakes there as well.
 */
import { z } from 'zod';
import { Problem } from '../problem.ts';

const id = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/, 'must be an Appwrite id');
const permissions = z.array(z.string().regex(/^(create|read|update|delete|write)\("[^"]+"\)$/));
const bound = z.number().nullable().exactOptional();

const columnBase = {
  key: z.string().min(1).max(255),
  required: z.boolean(),
  array: z.boolean(),
};
const textDefault = z.string().nullable().exactOptional();

const column = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...columnBase,
      type: z.enum(['varchar', 'string']),
      size: z.number().int().positive(),
      default: textDefault,
    }),
    z.strictObject({ ...columnBase, type: z.enum(['text', 'mediumtext', 'longtext']), default: textDefault }),
    z.strictObject({ ...columnBase, type: z.literal('integer'), min: bound, max: bound, default: bound }),
    z.strictObject({ ...columnBase, type: z.literal('boolean'), default: z.boolean().nullable().exactOptional() }),
    z.strictObject({ ...columnBase, type: z.literal('datetime'), default: textDefault }),
  ])
  .refine((column) => !column.required || (column.default ?? null) === null, {
    message: 'a required column must have the default null',
  });

const index = z.strictObject({
  key: z.string().min(1),
  type: z.enum(['key', 'unique', 'fulltext']),
  columns: z.array(z.string()).min(1),
  orders: z.array(z.enum(['ASC', 'DESC'])).exactOptional(),
});

const table = z
  .strictObject({
    $id: id,
    databaseId: id,
    name: z.string().min(1),
    enabled: z.boolean(),
    rowSecurity: z.boolean(),
    $permissions: permissions,
    columns: z.array(column),
    indexes: z.array(index),
  })
  .refine((table) => table.indexes.every(({ columns }) => columns.every((key) => hasColumn(table.columns, key))), {
    message: 'an index names a column that the table does not have',
  });

const bucket = z.strictObject({
  $id: id,
  name: z.string().min(1),
  $permissions: permissions,
  fileSecurity: z.boolean(),
  enabled: z.boolean(),
  maximumFileSize: z.number().int().positive(),
  allowedFileExtensions: z.array(z.string()),
  compression: z.enum(['none', 'gzip', 'zstd']),
  encryption: z.boolean(),
  antivirus: z.boolean(),
});

const appwriteFunction = z.strictObject({
  $id: id,
  name: z.string().min(1),
  runtime: z.string(),
  path: z.string(),
  entrypoint: z.string(),
  commands: z.string(),
  execute: z.array(z.string()),
  events: z.array(z.string()).max(100),
  schedule: z.string(),
  timeout: z.number().int().positive().max(900),
  enabled: z.boolean(),
  logging: z.boolean(),
  scopes: z.array(z.string()),
  vars: z.record(z.string(), z.string()),
  ignore: z.string().exactOptional(),
});

const projectFile = z
  .strictObject({
    projectId: id,
    projectName: z.string().exactOptional(),
    endpoint: z.url().exactOptional(),
    tablesDB: z.array(z.strictObject({ $id: id, name: z.string().min(1), enabled: z.boolean() })),
    tables: z.array(table),
    buckets: z.array(bucket),
    functions: z.array(appwriteFunction),
  })
  .refine(({ tables, tablesDB }) => tables.every((table) => tablesDB.some(({ $id }) => $id === table.databaseId)), {
    message: 'a table names a database that the file does not have',
  });

export type ProjectFile = z.infer<typeof projectFile>;
export type TableConfig = ProjectFile['tables'][number];
export type ColumnConfig = TableConfig['columns'][number];
export type IndexConfig = TableConfig['indexes'][number];
export type BucketConfig = ProjectFile['buckets'][number];
export type FunctionConfig = ProjectFile['functions'][number];
export type DatabaseConfig = ProjectFile['tablesDB'][number];

/** Reads the text of appwrite.json. Throws a Problem that names each mistake and its place. */
export function parseProjectFile(text: string): ProjectFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Problem(`appwrite.json is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = projectFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'top level'}: ${issue.message}`);
  throw new Problem(`appwrite.json is not valid:\n${mistakes.join('\n')}`);
}

function hasColumn(columns: readonly { key: string }[], key: string): boolean {
  return key.startsWith('$') || columns.some((column) => column.key === key);
}
