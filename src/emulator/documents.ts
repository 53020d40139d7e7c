import type { Sqlite, SqlValue } from './sqlite.ts';

/** A piece of SQL and the values for its question marks. */
export interface Condition {
  sql: string;
  values: readonly SqlValue[];
}

interface Identified {
  $id: string;
}

/**
 * A kind of thing that the server itself knows (users, teams, …): one SQLite table of JSON documents, in the order in
 * which they were made. Ids are compared without case, as everywhere. Writing methods belong inside `Writer.write`.
 */
export class Documents<T extends Identified> {
  readonly #sql: Sqlite;
  readonly #table: string;
  #revision = 0;

  /** `indexed` names the fields by which documents are looked up. */
  constructor(sql: Sqlite, kind: string, indexed: readonly string[] = []) {
    this.#sql = sql;
    this.#table = `doc_${kind}`;
    sql.exec(`CREATE TABLE IF NOT EXISTS ${this.#table} (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL COLLATE NOCASE UNIQUE, doc TEXT NOT NULL)`);
    for (const field of indexed) {
      sql.exec(`CREATE INDEX IF NOT EXISTS ${this.#table}_${field} ON ${this.#table} (${fieldSql(field)})`);
    }
  }

  /** Another number after each write, also one that is undone later. */
  get revision(): number {
    return this.#revision;
  }

  get(id: string): T | undefined {
    const row = this.#sql.get(`SELECT doc FROM ${this.#table} WHERE id = ?`, [id]);
    return row && (JSON.parse(String(row['doc'])) as T);
  }

  /** Documents whose field has the value, oldest first. */
  where(field: keyof T & string, value: string): T[] {
    const sql = `SELECT doc FROM ${this.#table} WHERE ${fieldSql(field)} = ? ORDER BY seq`;
    return this.#parse(this.#sql.all(sql, [value]));
  }

  all(): T[] {
    return this.#parse(this.#sql.all(`SELECT doc FROM ${this.#table} ORDER BY seq`));
  }

  /** Documents that meet a condition; `tail` holds order, limit and offset. */
  select(condition: Condition, tail: Condition): T[] {
    const sql = `SELECT doc FROM ${this.#table} WHERE ${condition.sql} ${tail.sql}`;
    return this.#parse(this.#sql.all(sql, [...condition.values, ...tail.values]));
  }

  count(condition: Condition, limit: number): number {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${this.#table} WHERE ${condition.sql} LIMIT ${limit})`;
    return Number(this.#sql.get(sql, condition.values)?.['n'] ?? 0);
  }

  /** The position of a document in the order of creation. */
  sequence(id: string): number | undefined {
    const row = this.#sql.get(`SELECT seq FROM ${this.#table} WHERE id = ?`, [id]);
    return row ? Number(row['seq']) : undefined;
  }

  /** Throws a unique violation if the id is taken. */
  insert(doc: T): void {
    this.#revision += 1;
    this.#sql.run(`INSERT INTO ${this.#table} (id, doc) VALUES (?, ?)`, [doc.$id, JSON.stringify(doc)]);
  }

  /** Replaces the document of the same id; does nothing if there is none. */
  update(doc: T): void {
    this.#revision += 1;
    this.#sql.run(`UPDATE ${this.#table} SET doc = ? WHERE id = ?`, [JSON.stringify(doc), doc.$id]);
  }

  delete(id: string): void {
    this.#revision += 1;
    this.#sql.run(`DELETE FROM ${this.#table} WHERE id = ?`, [id]);
  }

  /** Deletes the oldest of the documents whose field has the value, so that `count` remain. */
  keepNewest(field: keyof T & string, value: string, count: number): void {
    const old = `SELECT seq FROM ${this.#table} WHERE ${fieldSql(field)} = ? ORDER BY seq DESC LIMIT -1 OFFSET ?`;
    this.#sql.run(`DELETE FROM ${this.#table} WHERE seq IN (${old})`, [value, count]);
  }

  #parse(rows: Record<string, SqlValue>[]): T[] {
    return rows.map((row) => JSON.parse(String(row['doc'])) as T);
  }
}

/** The SQL of a field of a document. Only for names in this server's own code. */
export function fieldSql(field: string): string {
  return field === '$id' ? 'id' : `json_extract(doc, '$."${field}"')`;
}
