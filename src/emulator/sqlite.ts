import Database from 'libsql';

/** What may be bound to a statement. Nothing else: the driver aborts the process on booleans and bytes. */
export type SqlValue = string | number | bigint | null;
export type SqlRow = Record<string, SqlValue>;

/** True if the error says that a unique index was violated; `column` narrows it to an index that names it. */
export function isUniqueViolation(error: unknown, column?: string): boolean {
  if (!(error instanceof Error) || !/UNIQUE constraint failed/.test(error.message)) return false;
  return column === undefined || new RegExp(`\\.${column}\\b`).test(error.message);
}

/**
 * A SQLite file on disk with prepared statements that are kept. Every commit is on disk before it returns
 * (write-ahead log, `synchronous=FULL`). All values are bound; SQL texts hold only names that this server made up.
 */
export class Sqlite {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(path: string) {
    this.#db = new Database(path);
    this.exec('PRAGMA journal_mode = WAL');
    this.exec('PRAGMA synchronous = FULL');
    this.exec('PRAGMA busy_timeout = 2000');
  }

  /** Runs SQL without values. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  all(sql: string, values: readonly SqlValue[] = []): SqlRow[] {
    return this.#prepare(sql).all(...checked(values)) as SqlRow[];
  }

  /** The first row. */
  get(sql: string, values: readonly SqlValue[] = []): SqlRow | undefined {
    return this.#prepare(sql).get(...checked(values)) as SqlRow | undefined;
  }

  /** Runs a write and tells how many rows changed and the row id of the last insert. */
  run(sql: string, values: readonly SqlValue[] = []): { changes: number; lastId: number } {
    const result = this.#prepare(sql).run(...checked(values));
    return { changes: result.changes, lastId: Number(result.lastInsertRowid) };
  }

  /** Forgets prepared statements; needed after a change of the schema. */
  forgetStatements(): void {
    this.#statements.clear();
  }

  /** Moves the log into the file, unless that is left to another process, and closes it. */
  close({ checkpoint = true } = {}): void {
    if (checkpoint) this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      if (this.#statements.size > 500) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function checked(values: readonly SqlValue[]): readonly SqlValue[] {
  for (const value of values) {
    const type = typeof value;
    if (value !== null && type !== 'string' && type !== 'number' && type !== 'bigint') {
      throw new TypeError(`A value of type ${type} cannot be stored`);
    }
  }
  return values;
}

/** A text as it is stored: the driver cuts what it reads at a NUL, so NUL is written as two other characters. */
export function encodeText(text: string): string {
  if (!text.includes('\0') && !text.includes('\u0001')) return text;
  return text.replaceAll('\u0001', '\u0001b').replaceAll('\0', '\u0001a');
}

export function decodeText(text: string): string {
  return text.includes('\u0001') ? text.replaceAll('\u0001a', '\0').replaceAll('\u0001b', '\u0001') : text;
}
