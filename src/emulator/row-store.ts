import { columnSql, fromSql, toSql } from './columns.ts';
import type { Column } from './columns.ts';
import type { Condition } from './documents.ts';
import type { Json, JsonObject } from './json.ts';
import { join, pageSql } from './query-sql.ts';
import type { Attribute, Attributes, Plan } from './query-sql.ts';
import { tableSql } from './schema.ts';
import type { Table } from './schema.ts';
import type { Sqlite, SqlRow, SqlValue } from './sqlite.ts';

/** A row as it is stored. `data` has a key for each column that was read. */
export interface Row {
  id: string;
  sequence: number;
  createdAt: string;
  updatedAt: string;
  permissions: string[];
  data: JsonObject;
}

/** A row that is about to be stored; the server chooses the sequence unless it is given. */
export type NewRow = Omit<Row, 'sequence'> & { sequence?: number };

/** Above this, `total` stops counting. */
const MAX_TOTAL = 5000;
const SYSTEM = '_seq, _id, _created, _updated, _permissions';

const KINDS: Record<Column['type'], Attribute['kind']> = {
  string: 'text',
  varchar: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  integer: 'integer',
  bigint: 'integer',
  double: 'double',
  boolean: 'boolean',
  datetime: 'time',
};

/** Reads and writes rows of tables; knows nothing of callers. Writing methods belong inside `Writer.write`. */
export class RowStore {
  readonly #sql: Sqlite;
  readonly #attributes = new WeakMap<Table, Attributes>();

  constructor(sql: Sqlite) {
    this.#sql = sql;
  }

  get(table: Table, id: string, columns: readonly Column[] = table.columns): Row | undefined {
    const row = this.#sql.get(`SELECT ${fields(columns)} FROM ${tableSql(table)} WHERE _id = ?`, [id]);
    return row && readRow(row, columns);
  }

  /** Throws a unique violation of `_id`, or of a column with a unique index. */
  insert(table: Table, row: NewRow): Row {
    const columns = table.columns.filter(({ key }) => row.data[key] !== undefined && row.data[key] !== null);
    const names = ['_id', '_created', '_updated', '_permissions', ...columns.map(columnSql)];
    const values: SqlValue[] = [row.id, row.createdAt, row.updatedAt, JSON.stringify(row.permissions)];
    for (const column of columns) values.push(toSql(column, row.data[column.key] ?? null));
    if (row.sequence !== undefined) {
      names.push('_seq');
      values.push(row.sequence);
    }
    const sql = `INSERT INTO ${tableSql(table)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    const sequence = this.#sql.run(sql, values).lastId;
    const data = Object.fromEntries(
      table.columns.map((column) => [column.key, fromSql(column, toSql(column, row.data[column.key] ?? null))]),
    );
    return { ...row, sequence, data };
  }

  /** Replaces the permissions, the time and the given columns of a row. */
  update(table: Table, row: Row, changed: readonly string[]): void {
    const columns = table.columns.filter(({ key }) => changed.includes(key));
    const sets = [
      '_created = ?',
      '_updated = ?',
      '_permissions = ?',
      ...columns.map((column) => `${columnSql(column)} = ?`),
    ];
    const values = columns.map((column) => toSql(column, row.data[column.key] ?? null));
    this.#sql.run(`UPDATE ${tableSql(table)} SET ${sets.join(', ')} WHERE _seq = ?`, [
      row.createdAt,
      row.updatedAt,
      JSON.stringify(row.permissions),
      ...values,
      row.sequence,
    ]);
  }

  delete(table: Table, row: Row): void {
    this.#sql.run(`DELETE FROM ${tableSql(table)} WHERE _seq = ?`, [row.sequence]);
  }

  /** Rows of a plan; with `roles`, only those whose own permissions let one of them read. */
  list(table: Table, plan: Plan, roles: readonly string[] | undefined, cursor: Row | undefined): Row[] {
    const { select } = plan;
    const columns = select ? table.columns.filter(({ key }) => select.includes(key)) : table.columns;
    const page = pageSql(
      plan,
      this.attributes(table),
      cursor && ((attribute) => cursorValue(table, cursor, attribute)),
    );
    const where = join([plan.where, page.where, readable(roles)], 'AND');
    const sql = `SELECT ${fields(columns)} FROM ${tableSql(table)} WHERE ${where.sql} ${page.tail.sql}`;
    const rows = this.#sql.all(sql, [...where.values, ...page.tail.values]).map((row) => readRow(row, columns));
    return plan.cursor?.before === true ? rows.reverse() : rows;
  }

  /** How many rows meet the conditions of a plan, at most 5,000. */
  count(table: Table, plan: Plan, roles: readonly string[] | undefined): number {
    const where = join([plan.where, readable(roles)], 'AND');
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${tableSql(table)} WHERE ${where.sql} LIMIT ${MAX_TOTAL})`;
    return Number(this.#sql.get(sql, where.values)?.['n'] ?? 0);
  }

  /** How many rows a table has. */
  total(table: Table): number {
    return Number(this.#sql.get(`SELECT count(*) AS n FROM ${tableSql(table)}`)?.['n'] ?? 0);
  }

  /** What can be queried in a table. */
  attributes(table: Table): Attributes {
    let attributes = this.#attributes.get(table);
    if (!attributes) {
      const fulltext = new Set(
        table.indexes.filter(({ type }) => type === 'fulltext').flatMap(({ columns }) => columns),
      );
      attributes = new Map<string, Attribute>([
        ['$id', { sql: '_id', kind: 'text' }],
        ['$sequence', { sql: '_seq', kind: 'sequence' }],
        ['$createdAt', { sql: '_created', kind: 'time' }],
        ['$updatedAt', { sql: '_updated', kind: 'time' }],
        ...table.columns.map((column): [string, Attribute] => [
          column.key,
          { sql: columnSql(column), kind: KINDS[column.type], array: column.array, fulltext: fulltext.has(column.key) },
        ]),
      ]);
      this.#attributes.set(table, attributes);
    }
    return attributes;
  }
}

function fields(columns: readonly Column[]): string {
  return [SYSTEM, ...columns.map(columnSql)].join(', ');
}

function readRow(row: SqlRow, columns: readonly Column[]): Row {
  return {
    id: String(row['_id']),
    sequence: Number(row['_seq']),
    createdAt: String(row['_created']),
    updatedAt: String(row['_updated']),
    permissions: JSON.parse(String(row['_permissions'])) as string[],
    data: Object.fromEntries(
      columns.map((column): [string, Json] => [column.key, fromSql(column, row[columnSql(column)])]),
    ),
  };
}

function readable(roles: readonly string[] | undefined): Condition {
  if (!roles) return { sql: '1', values: [] };
  return {
    sql: `EXISTS (SELECT 1 FROM json_each(_permissions) WHERE value IN (${roles.map(() => '?').join(', ')}))`,
    values: roles.map((role) => `read("${role}")`),
  };
}

/** The value of an attribute of the row of a cursor, as SQLite compares it. */
export function cursorValue(table: Table, row: Row, attribute: string): SqlValue {
  if (attribute === '$id') return row.id;
  if (attribute === '$sequence') return row.sequence;
  if (attribute === '$createdAt') return row.createdAt;
  if (attribute === '$updatedAt') return row.updatedAt;
  const column = table.columns.find(({ key }) => key === attribute);
  return column ? toSql(column, row.data[attribute] ?? null) : null;
}
