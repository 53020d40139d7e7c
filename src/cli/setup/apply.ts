import { ID, OrderBy, TablesDBIndexType, type Compression, type ProjectKeyScopes, type Runtime } from 'node-appwrite';
import { Problem } from '../problem.ts';
import { createColumn, updateColumn } from './columns.ts';
import type { BucketConfig, FunctionConfig, IndexConfig, TableConfig } from './config.ts';
import { deploy } from './deploy.ts';
import type { Step } from './plan.ts';
import { orNull, type Services } from './services.ts';
import { waitUntil } from './wait.ts';

/**
 * Does one step; columns and indexes are only asked for (`waitForTable` waits for them). `root` is the folder that the paths
 * of functions start from.
 */
export async function applyStep(services: Services, step: Step, root: string): Promise<void> {
  const { tables, storage, functions } = services;
  switch (step.do) {
    case 'create-database':
      await tables.create({ databaseId: step.database.$id, name: step.database.name, enabled: step.database.enabled });
      return;
    case 'update-database':
      await tables.update({ databaseId: step.database.$id, name: step.database.name, enabled: step.database.enabled });
      return;
    case 'create-table':
      await tables.createTable(tableFields(step.table));
      return;
    case 'update-table':
      await tables.updateTable(tableFields(step.table));
      return;
    case 'create-column':
      return createColumn(tables, step.table, step.column);
    case 'update-column':
      return updateColumn(tables, step.table, step.column);
    case 'create-index':
      await waitForTable(services, step.table, 'columns');
      await tables.createIndex(indexFields(step.table, step.index));
      return;
    case 'create-bucket':
      await storage.createBucket(bucketFields(step.bucket));
      return;
    case 'update-bucket':
      await storage.updateBucket(bucketFields(step.bucket));
      return;
    case 'create-function':
      await functions.create(functionFields(step.fn));
      return;
    case 'update-function':
      await functions.update(functionFields(step.fn));
      return;
    case 'set-variable':
      return setVariable(services, step.fn.$id, step.key, step.value);
    case 'deploy':
      return deploy(functions, step.fn, root);
  }
}

/** Every field is sent: Appwrite takes a missing `rowSecurity` for `false`. */
function tableFields(table: TableConfig) {
  return {
    databaseId: table.databaseId,
    tableId: table.$id,
    name: table.name,
    permissions: table.$permissions,
    rowSecurity: table.rowSecurity,
    enabled: table.enabled,
  };
}

const INDEX_TYPES = {
  key: TablesDBIndexType.Key,
  unique: TablesDBIndexType.Unique,
  fulltext: TablesDBIndexType.Fulltext,
};
const ORDERS = { ASC: OrderBy.Asc, DESC: OrderBy.Desc };

function indexFields(table: TableConfig, index: IndexConfig) {
  return {
    databaseId: table.databaseId,
    tableId: table.$id,
    key: index.key,
    type: INDEX_TYPES[index.type],
    columns: index.columns,
    ...(index.orders === undefined ? {} : { orders: index.orders.map((order) => ORDERS[order]) }),
  };
}

function bucketFields(bucket: BucketConfig) {
  const { $id, $permissions, compression, ...rest } = bucket;
  return { ...rest, bucketId: $id, permissions: $permissions, compression: compression as Compression };
}

/** `path`, `vars` and `ignore` are for deployments. */
function functionFields(fn: FunctionConfig) {
  const { $id, path: _path, vars: _vars, ignore: _ignore, runtime, scopes, ...rest } = fn;
  return { ...rest, functionId: $id, runtime: runtime as Runtime, scopes: scopes as ProjectKeyScopes[] };
}

async function setVariable({ functions }: Services, functionId: string, key: string, value: string): Promise<void> {
  const listed = await orNull(functions.listVariables({ functionId }));
  const known = listed?.variables.find((variable) => variable.key === key);
  if (known === undefined) {
    await functions.createVariable({ functionId, variableId: ID.unique(), key, value, secret: false });
  } else {
    await functions.updateVariable({ functionId, variableId: known.$id, key, value });
  }
}

/** Waits until Appwrite has made what it makes in the background: columns, or columns and indexes. */
export async function waitForTable(
  { tables }: Services,
  table: TableConfig,
  what: 'columns' | 'everything',
): Promise<void> {
  await waitUntil(`Table ${table.$id} was not complete`, async () => {
    const { columns, indexes } = await tables.getTable({ databaseId: table.databaseId, tableId: table.$id });
    const parts: readonly Part[] = what === 'columns' ? columns : [...columns, ...indexes];
    const broken = parts.find(({ status }) => status === 'failed' || status === 'stuck');
    if (broken !== undefined) {
      throw new Problem(
        `${table.$id}.${broken.key} could not be made: ${broken.error || broken.status}. ` +
          'Delete it in the Appwrite console and run the set-up again.',
      );
    }
    return parts.every(({ status }) => status === 'available');
  });
}

interface Part {
  readonly key: string;
  readonly status: string;
  readonly error: string;
}
