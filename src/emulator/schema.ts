import { columnDeclaration, columnSql, makeColumn } from './columns.ts';
import type { Column } from './columns.ts';
import type { AppwriteConfig, ColumnConfig, IndexConfig, TableConfig } from './config.ts';
import { Documents } from './documents.ts';
import { now } from './ids.ts';
import { normalisePermissions } from './permissions.ts';
import type { Sqlite } from './sqlite.ts';

export interface DatabaseDoc {
  $id: string;
  name: string;
  enabled: boolean;
  $createdAt: string;
  $updatedAt: string;
}

export interface Index {
  key: string;
  number: number;
  type: 'key' | 'unique' | 'fulltext';
  columns: string[];
  orders: (string | null)[];
  $createdAt: string;
  $updatedAt: string;
}

/** A table; `$id` is `database/table`, `number` names its SQLite table. */
export interface Table {
  $id: string;
  number: number;
  databaseId: string;
  tableId: string;
  name: string;
  enabled: boolean;
  rowSecurity: boolean;
  $permissions: string[];
  columns: Column[];
  indexes: Index[];
  /** Numbers given to columns and indexes so far; never reused. */
  numbers: number;
  $createdAt: string;
  $updatedAt: string;
}

const TABLE_WRITE = ['create', 'update', 'delete'] as const;

/** The name of the table in SQLite. */
export function tableSql(table: Pick<Table, 'number'>): string {
  return `rows_${table.number}`;
}

function tableKey(databaseId: string, tableId: string): string {
  return `${databaseId}/${tableId}`;
}

/**
 * Databases, tables, columns and indexes. Each table is a SQLite table with real columns and indexes. Writing methods
 * belong inside `Writer.write`; call `forget` after the commit as well, since a savepoint may have been undone.
 */
export class Schema {
  readonly databases: Documents<DatabaseDoc>;
  readonly tables: Documents<Table>;
  readonly #sql: Sqlite;
  readonly #cache = new Map<string, Table>();

  constructor(sql: Sqlite) {
    this.#sql = sql;
    this.databases = new Documents(sql, 'databases');
    this.tables = new Documents(sql, 'tables', ['databaseId']);
    sql.exec('CREATE TABLE IF NOT EXISTS table_numbers (number INTEGER PRIMARY KEY AUTOINCREMENT)');
  }

  /** Forgets what was read before a change. */
  forget(): void {
    this.#cache.clear();
    this.#sql.forgetStatements();
  }

  table(databaseId: string, tableId: string): Table | undefined {
    const key = tableKey(databaseId, tableId);
    let table = this.#cache.get(key);
    if (table) return table;
    table = this.tables.get(key);
    if (table) this.#cache.set(key, table);
    return table;
  }

  createDatabase(id: string, name: string, enabled = true): DatabaseDoc {
    const time = now();
    const database = { $id: id, name, enabled, $createdAt: time, $updatedAt: time };
    this.databases.insert(database);
    return database;
  }

  deleteDatabase(id: string): void {
    for (const table of this.tables.where('databaseId', id)) this.deleteTable(table);
    this.databases.delete(id);
  }

  createTable(config: TableConfig): Table {
    const time = now();
    const number = this.#sql.run('INSERT INTO table_numbers DEFAULT VALUES').lastId;
    const table: Table = {
      $id: tableKey(config.databaseId, config.$id),
      number,
      databaseId: config.databaseId,
      tableId: config.$id,
      name: config.name,
      enabled: config.enabled ?? true,
      rowSecurity: config.rowSecurity ?? false,
      $permissions: normalisePermissions(config.$permissions ?? [], TABLE_WRITE),
      columns: [],
      indexes: [],
      numbers: 0,
      $createdAt: time,
      $updatedAt: time,
    };
    this.tables.insert(table);
    const name = tableSql(table);
    this.#sql.exec(`CREATE TABLE ${name} (
      _seq INTEGER PRIMARY KEY AUTOINCREMENT, _id TEXT NOT NULL COLLATE NOCASE UNIQUE,
      _created TEXT NOT NULL, _updated TEXT NOT NULL, _permissions TEXT NOT NULL)`);
    this.#sql.exec(`CREATE INDEX ${name}_created ON ${name} (_created)`);
    for (const column of config.columns ?? []) this.addColumn(table, column);
    for (const index of config.indexes ?? []) this.addIndex(table, index);
    return table;
  }

  /** Stores a table whose name, permissions, … were changed. */
  saveTable(table: Table): void {
    table.$updatedAt = now();
    this.tables.update(table);
    this.forget();
  }

  deleteTable(table: Table): void {
    this.#sql.exec(`DROP TABLE ${tableSql(table)}`);
    this.tables.delete(table.$id);
    this.forget();
  }

  addColumn(table: Table, config: ColumnConfig): Column {
    table.numbers += 1;
    const column = makeColumn(config, table.numbers, now());
    table.columns.push(column);
    this.#sql.exec(`ALTER TABLE ${tableSql(table)} ADD COLUMN ${columnDeclaration(column)}`);
    this.saveTable(table);
    return column;
  }

  /** Takes a column and the indexes that need it out of the table; its values stay in the file, unreachable. */
  deleteColumn(table: Table, key: string): void {
    for (const index of table.indexes.filter(({ columns }) => columns.includes(key)))
      this.deleteIndex(table, index.key);
    table.columns = table.columns.filter((column) => column.key !== key);
    this.saveTable(table);
  }

  addIndex(table: Table, config: IndexConfig): Index {
    const columns = config.columns ?? config.attributes ?? [];
    const time = now();
    table.numbers += 1;
    const type = config.type === 'unique' || config.type === 'fulltext' ? config.type : 'key';
    const index: Index = {
      key: config.key,
      number: table.numbers,
      type,
      columns,
      orders: config.orders ?? [],
      $createdAt: time,
      $updatedAt: time,
    };
    if (type !== 'fulltext') {
      const parts = columns.map(
        (key, i) => `${systemColumn(table, key)}${index.orders[i]?.toUpperCase() === 'DESC' ? ' DESC' : ''}`,
      );
      this.#sql.exec(
        `CREATE ${type === 'unique' ? 'UNIQUE ' : ''}INDEX ${indexSql(table, index)} ON ${tableSql(table)} (${parts.join(', ')})`,
      );
    }
    table.indexes.push(index);
    this.saveTable(table);
    return index;
  }

  deleteIndex(table: Table, key: string): void {
    for (const index of table.indexes.filter((other) => other.key === key)) {
      this.#sql.exec(`DROP INDEX IF EXISTS ${indexSql(table, index)}`);
    }
    table.indexes = table.indexes.filter((index) => index.key !== key);
    this.saveTable(table);
  }

  /** Brings the databases and tables of an appwrite.json about. Adds and changes, but never deletes. */
  apply(config: AppwriteConfig): void {
    for (const { $id, name, enabled = true } of config.tablesDB ?? []) {
      if (!this.databases.get($id)) this.createDatabase($id, name, enabled);
    }
    for (const wanted of config.tables ?? []) {
      const table = this.tables.get(tableKey(wanted.databaseId, wanted.$id));
      if (table) this.#adapt(table, wanted);
      else this.createTable(wanted);
    }
    this.forget();
  }

  #adapt(table: Table, wanted: TableConfig): void {
    const permissions = normalisePermissions(wanted.$permissions ?? [], TABLE_WRITE);
    const rowSecurity = wanted.rowSecurity ?? false;
    const enabled = wanted.enabled ?? true;
    for (const column of wanted.columns ?? []) {
      const known = table.columns.find(({ key }) => key === column.key);
      if (!known) this.addColumn(table, column);
      else
        Object.assign(known, {
          ...makeColumn(column, known.number, known.$createdAt),
          type: known.type,
          array: known.array,
        });
    }
    for (const index of wanted.indexes ?? []) {
      if (!table.indexes.some(({ key }) => key === index.key)) this.addIndex(table, index);
    }
    Object.assign(table, { name: wanted.name, $permissions: permissions, rowSecurity, enabled });
    this.saveTable(table);
  }
}

function indexSql(table: Table, index: Index): string {
  return `${tableSql(table)}_${index.number}`;
}

function systemColumn(table: Table, key: string): string {
  if (key === '$createdAt') return '_created';
  if (key === '$updatedAt') return '_updated';
  if (key === '$id') return '_id';
  const column = table.columns.find((other) => other.key === key);
  if (!column) throw new Error(`An index names the column "${key}", which the table "${table.tableId}" does not have`);
  return columnSql(column);
}
