/**
 * What has to be done to an Appwrite project so that it fits `appwrite.json`: a pure comparison. Nothing is ever
 * deleted, and what cannot be changed without losing data ends the set-up with the reason before anything is done.
 */
import { Problem } from '../problem.ts';
import type {
  BucketConfig,
  ColumnConfig,
  DatabaseConfig,
  FunctionConfig,
  IndexConfig,
  ProjectFile,
  TableConfig,
} from './config.ts';
import type { Existing, ExistingColumn, ExistingIndex, ExistingTable } from './existing.ts';

/** `changes` names the fields that differ. */
export type Step =
  | { readonly do: 'create-database'; readonly database: DatabaseConfig }
  | { readonly do: 'update-database'; readonly database: DatabaseConfig; readonly changes: readonly string[] }
  | { readonly do: 'create-table'; readonly table: TableConfig }
  | { readonly do: 'update-table'; readonly table: TableConfig; readonly changes: readonly string[] }
  | { readonly do: 'create-column'; readonly table: TableConfig; readonly column: ColumnConfig }
  | {
      readonly do: 'update-column';
      readonly table: TableConfig;
      readonly column: ColumnConfig;
      readonly changes: readonly string[];
    }
  | { readonly do: 'create-index'; readonly table: TableConfig; readonly index: IndexConfig }
  | { readonly do: 'create-bucket'; readonly bucket: BucketConfig }
  | { readonly do: 'update-bucket'; readonly bucket: BucketConfig; readonly changes: readonly string[] }
  | { readonly do: 'create-function'; readonly fn: FunctionConfig }
  | { readonly do: 'update-function'; readonly fn: FunctionConfig; readonly changes: readonly string[] }
  | { readonly do: 'set-variable'; readonly fn: FunctionConfig; readonly key: string; readonly value: string }
  | { readonly do: 'deploy'; readonly fn: FunctionConfig; readonly code: string };

/** The variable of a function that says which code is deployed: SHA-256 of its bundle, hex. */
export const CODE_VARIABLE = 'COWRITE_CODE';

/**
 * The steps in the order in which they have to be done; none if the project fits already. `code` has the hash of the
 * bundle of each function that is to be deployed, by id. Throws a Problem that lists every conflict.
 */
export function planSetup(config: ProjectFile, existing: Existing, code: ReadonlyMap<string, string>): Step[] {
  const conflicts: string[] = [];
  const steps = [
    ...config.tablesDB.flatMap((database) => planDatabase(database, existing)),
    ...config.tables.flatMap((table) => planTable(table, existing, conflicts)),
    ...config.buckets.flatMap((bucket) => planBucket(bucket, existing)),
    ...config.functions.flatMap((fn) => planFunction(fn, existing, code.get(fn.$id))),
  ];
  if (conflicts.length === 0) return steps;
  throw new Problem(
    [
      'The project has something that cannot be changed without losing data. Nothing was done:',
      ...conflicts.map((conflict) => `  ${conflict}`),
      'Delete or rename it in the Appwrite console, or use another project.',
    ].join('\n'),
  );
}

/** What a step does, for people. */
export function describeStep(step: Step): string {
  switch (step.do) {
    case 'create-database':
      return `create database ${step.database.$id}`;
    case 'update-database':
      return `update database ${step.database.$id}: ${step.changes.join(', ')}`;
    case 'create-table':
      return `create table ${step.table.$id}`;
    case 'update-table':
      return `update table ${step.table.$id}: ${step.changes.join(', ')}`;
    case 'create-column':
      return `create column ${step.table.$id}.${step.column.key} (${step.column.type})`;
    case 'update-column':
      return `update column ${step.table.$id}.${step.column.key}: ${step.changes.join(', ')}`;
    case 'create-index':
      return `create index ${step.table.$id}.${step.index.key}`;
    case 'create-bucket':
      return `create bucket ${step.bucket.$id}`;
    case 'update-bucket':
      return `update bucket ${step.bucket.$id}: ${step.changes.join(', ')}`;
    case 'create-function':
      return `create function ${step.fn.$id}`;
    case 'update-function':
      return `update function ${step.fn.$id}: ${step.changes.join(', ')}`;
    case 'set-variable':
      return `set variable ${step.key} of function ${step.fn.$id}`;
    case 'deploy':
      return `deploy the code of function ${step.fn.$id}`;
  }
}

function planDatabase(database: DatabaseConfig, { databases }: Existing): Step[] {
  const found = databases.find(({ $id }) => $id === database.$id);
  if (found === undefined) return [{ do: 'create-database', database }];
  const changes = changed(database, found, ['name', 'enabled']);
  return changes.length === 0 ? [] : [{ do: 'update-database', database, changes }];
}

function planTable(table: TableConfig, { tables }: Existing, conflicts: string[]): Step[] {
  const found = tables.find(({ $id, databaseId }) => $id === table.$id && databaseId === table.databaseId);
  if (found === undefined) {
    return [
      { do: 'create-table', table },
      ...table.columns.map((column): Step => ({ do: 'create-column', table, column })),
      ...table.indexes.map((index): Step => ({ do: 'create-index', table, index })),
    ];
  }
  const changes = changed(table, found, ['name', 'enabled', 'rowSecurity', '$permissions']);
  return [
    ...(changes.length === 0 ? [] : [{ do: 'update-table', table, changes } as const]),
    ...table.columns.flatMap((column) => planColumn(table, column, found, conflicts)),
    ...table.indexes.flatMap((index) => planIndex(table, index, found, conflicts)),
  ];
}

function planColumn(table: TableConfig, column: ColumnConfig, { columns }: ExistingTable, conflicts: string[]): Step[] {
  const found = columns.find(({ key }) => key === column.key);
  if (found === undefined) return [{ do: 'create-column', table, column }];
  const conflict = columnConflict(column, found);
  if (conflict !== null) {
    conflicts.push(`column ${table.$id}.${column.key} ${conflict}`);
    return [];
  }
  const changes = columnChanges(column, found);
  return changes.length === 0 ? [] : [{ do: 'update-column', table, column, changes }];
}

function columnConflict(column: ColumnConfig, found: ExistingColumn): string | null {
  if (found.type !== column.type) return `is of type ${found.type}, but ${column.type} is needed`;
  if ((found.array ?? false) !== column.array) return column.array ? 'is no array' : 'is an array';
  if ('size' in column && found.size !== undefined && found.size > column.size) {
    return `holds ${found.size} characters and would be cut to ${column.size}`;
  }
  return null;
}

/** Bounds that the file leaves open are left as they are: Appwrite then shows the bounds of its own. */
function columnChanges(column: ColumnConfig, found: ExistingColumn): string[] {
  const changes: string[] = [];
  if (found.required !== column.required) changes.push('required');
  if ((found.default ?? null) !== (column.default ?? null)) changes.push('default');
  if ('size' in column && found.size !== column.size) changes.push('size');
  if (column.type === 'integer') {
    if (typeof column.min === 'number' && Number(found.min ?? NaN) !== column.min) changes.push('min');
    if (typeof column.max === 'number' && Number(found.max ?? NaN) !== column.max) changes.push('max');
  }
  return changes;
}

function planIndex(table: TableConfig, index: IndexConfig, { indexes }: ExistingTable, conflicts: string[]): Step[] {
  const found = indexes.find(({ key }) => key === index.key);
  if (found === undefined) return [{ do: 'create-index', table, index }];
  if (found.type !== index.type || shapeOf(found) !== shapeOf(index)) {
    conflicts.push(
      `index ${table.$id}.${index.key} is a ${found.type} index on (${shapeOf(found)}), ` +
        `but a ${index.type} index on (${shapeOf(index)}) is needed`,
    );
  }
  return [];
}

function shapeOf({ columns, orders = [] }: ExistingIndex | IndexConfig): string {
  return columns.map((column, at) => `${column} ${(orders[at] ?? 'ASC').toUpperCase()}`).join(', ');
}

function planBucket(bucket: BucketConfig, { buckets }: Existing): Step[] {
  const found = buckets.find(({ $id }) => $id === bucket.$id);
  if (found === undefined) return [{ do: 'create-bucket', bucket }];
  const changes = changed(bucket, found, [
    ...(['name', '$permissions', 'fileSecurity', 'enabled', 'maximumFileSize'] as const),
    ...(['allowedFileExtensions', 'compression', 'encryption', 'antivirus'] as const),
  ]);
  return changes.length === 0 ? [] : [{ do: 'update-bucket', bucket, changes }];
}

function planFunction(fn: FunctionConfig, { functions }: Existing, code: string | undefined): Step[] {
  const found = functions.find(({ $id }) => $id === fn.$id);
  const steps: Step[] = [];
  if (found === undefined) steps.push({ do: 'create-function', fn });
  else {
    const changes = changed(fn, found, [
      ...(['name', 'runtime', 'entrypoint', 'commands', 'execute', 'events', 'schedule'] as const),
      ...(['timeout', 'enabled', 'logging', 'scopes'] as const),
    ]);
    if (changes.length > 0) steps.push({ do: 'update-function', fn, changes });
  }
  for (const [key, value] of Object.entries(fn.vars)) {
    if (found?.vars[key] !== value) steps.push({ do: 'set-variable', fn, key, value });
  }
  if (code !== undefined && (found === undefined || found.deploymentId === '' || found.vars[CODE_VARIABLE] !== code)) {
    steps.push({ do: 'deploy', fn, code }, { do: 'set-variable', fn, key: CODE_VARIABLE, value: code });
  }
  return steps;
}

/** The names of the fields that differ; the order of a list does not matter, and `$` is left away. */
function changed<Field extends string>(
  wanted: Readonly<Record<Field, unknown>>,
  found: Readonly<Record<Field, unknown>>,
  fields: readonly Field[],
): string[] {
  return fields
    .filter((field) => comparable(wanted[field]) !== comparable(found[field]))
    .map((field) => field.replace('$', ''));
}

function comparable(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(Array.isArray(value) ? value.map(String).sort() : value);
}
