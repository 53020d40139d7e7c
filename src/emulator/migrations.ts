import type { Sqlite } from './sqlite.ts';

/** One change of the form in which data is stored, from the version before to `version`. */
export interface Migration {
  /** 1 for the first step, then one more each. A step that was released is never changed. */
  version: number;
  title: string;
  run: (sql: Sqlite) => void;
}

/**
 * What has happened to the form of the data so far. New tables and indexes need no step, they are created where they are
 * missing; a step is needed where something that is stored already has to look different.
 */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, title: 'The form of the first release', run: () => undefined },
];

/** The version of the data that these steps lead to. */
export function newestVersion(steps: readonly Migration[] = MIGRATIONS): number {
  return steps.at(-1)?.version ?? 0;
}

export function dataVersion(sql: Sqlite): number {
  return Number(sql.get('PRAGMA user_version')?.['user_version'] ?? 0);
}

/**
 * Brings the data to the newest version: each step and its number are stored together or not at all. Throws with `code`
 * `ENEWER`, and changes nothing, if a newer Cowrite wrote the data.
 */
export function migrate(sql: Sqlite, steps: readonly Migration[] = MIGRATIONS): void {
  const found = dataVersion(sql);
  const newest = newestVersion(steps);
  if (found > newest) {
    const message = `The data has version ${found}, written by a newer Cowrite; this one understands versions up to ${newest}`;
    throw Object.assign(new Error(message), { code: 'ENEWER' });
  }
  for (const step of steps.slice(found)) {
    sql.exec('BEGIN IMMEDIATE');
    try {
      step.run(sql);
      sql.exec(`PRAGMA user_version = ${step.version}`);
      sql.exec('COMMIT');
    } catch (error) {
      sql.exec('ROLLBACK');
      throw new Error(`The data could not be brought to version ${step.version} (${step.title})`, { cause: error });
    }
    sql.forgetStatements();
  }
}
