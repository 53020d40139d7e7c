import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProjectFile, type ProjectFile } from '../../src/cli/setup/config.ts';
import type { Existing } from '../../src/cli/setup/existing.ts';
import { CODE_VARIABLE, describeStep, planSetup } from '../../src/cli/setup/plan.ts';

const appwriteJson = readFileSync(join(import.meta.dirname, '../../appwrite.json'), 'utf8');
const NOTHING: Existing = { databases: [], tables: [], buckets: [], functions: [] };
const NO_CODE = new Map<string, string>();

function project(): ProjectFile {
  return parseProjectFile(appwriteJson);
}

/** An Appwrite project as it is after the set-up, in the words of Appwrite's answers. */
function complete(config: ProjectFile, code = NO_CODE): Existing {
  return structuredClone({
    databases: config.tablesDB,
    tables: config.tables.map((table) => ({
      ...table,
      $permissions: table.$permissions.toReversed(),
      columns: table.columns.map((column) => ({ ...column, status: 'available' })),
      indexes: table.indexes.map((index) => ({ ...index, status: 'available', lengths: index.columns.map(() => 0) })),
    })),
    buckets: config.buckets,
    functions: config.functions.map((fn) => ({
      ...fn,
      deploymentId: code.has(fn.$id) ? 'd1' : '',
      vars: { ...fn.vars, ...(code.has(fn.$id) ? { [CODE_VARIABLE]: code.get(fn.$id) ?? '' } : {}) },
    })),
  });
}

function plan(config: ProjectFile, existing: Existing, code = NO_CODE): string[] {
  return planSetup(config, existing, code).map(describeStep);
}

/** The part of `existing` with this id, to be changed by a test. */
function part<T extends { $id: string }>(list: readonly T[], id: string): { -readonly [Key in keyof T]: T[Key] } {
  const found = list.find(({ $id }) => $id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

describe('planSetup', () => {
  it('creates everything in an empty project, each thing after what it needs', () => {
    const config = project();
    const steps = plan(config, NOTHING);
    expect(steps[0]).toBe('create database cowrite');
    const table = steps.indexOf('create table updates');
    const column = steps.indexOf('create column updates.doc (varchar)');
    const index = steps.indexOf('create index updates.by_doc');
    expect([table > 0, column > table, index > column]).toEqual([true, true, true]);
    const things = config.tables.flatMap(({ columns, indexes }) => [1, ...columns, ...indexes]).length;
    expect(steps).toHaveLength(1 + things + config.buckets.length + config.functions.length);
  });

  it('does nothing in a project that fits', () => {
    expect(plan(project(), complete(project()))).toEqual([]);
  });

  it('turns row security and permissions back to what they must be', () => {
    const existing = complete(project());
    const updates = part(existing.tables, 'updates');
    updates.rowSecurity = false;
    updates.$permissions = ['create("users")', 'read("any")'];
    expect(plan(project(), existing)).toEqual(['update table updates: rowSecurity, permissions']);
  });

  it('adds what is missing and widens what is too narrow', () => {
    const existing = complete(project());
    const projects = part(existing.tables, 'projects');
    projects.columns = projects.columns.filter(({ key }) => key !== 'archived').map((one) => ({ ...one, size: 64 }));
    const links = part(existing.tables, 'links');
    links.indexes = links.indexes.filter(({ key }) => key !== 'by_token');
    expect(plan(project(), existing)).toEqual([
      'update column projects.name: size',
      'create column projects.archived (boolean)',
      'create index links.by_token',
    ]);
  });

  it('takes bounds that the file leaves open as they are, and orders that Appwrite leaves away as ascending', () => {
    const config = project();
    const existing = complete(config);
    const presence = part(existing.tables, 'presence');
    presence.indexes = presence.indexes.map((index) => ({ ...index, orders: [] }));
    for (const column of part(config.tables, 'snapshots').columns) if ('min' in column) column.min = null;
    expect(plan(config, existing)).toEqual([]);
  });

  it('stops with every conflict named, and never deletes', () => {
    const existing = complete(project());
    const updates = part(existing.tables, 'updates');
    updates.columns = updates.columns.map((column) =>
      column.key === 'data' ? { ...column, type: 'string', size: 100 } : column,
    );
    updates.indexes = updates.indexes.map((index) => ({ ...index, columns: ['doc', 'project'] }));
    const projects = part(existing.tables, 'projects');
    projects.columns = projects.columns.map((column) => (column.key === 'name' ? { ...column, size: 999 } : column));
    const attempt = (): unknown => planSetup(project(), existing, NO_CODE);
    expect(attempt).toThrow('column updates.data is of type string, but mediumtext is needed');
    expect(attempt).toThrow('index updates.by_doc is a key index on (doc ASC, project ASC)');
    expect(attempt).toThrow('column projects.name holds 999 characters and would be cut to 128');
  });

  it('deploys code that is new, changed or not active', () => {
    const code = new Map([['share', 'abc']]);
    const deploy = ['deploy the code of function share', `set variable ${CODE_VARIABLE} of function share`];
    expect(plan(project(), complete(project(), code), code)).toEqual([]);
    expect(plan(project(), complete(project(), code), new Map([['share', 'def']]))).toEqual(deploy);
    expect(plan(project(), complete(project()), code)).toEqual(deploy);
    expect(plan(project(), NOTHING, code).slice(-4, -1)).toEqual(['create function share', ...deploy]);
  });

  it('updates buckets and functions', () => {
    const existing = complete(project());
    part(existing.buckets, 'blobs').fileSecurity = false;
    part(existing.functions, 'share').scopes = [];
    expect(plan(project(), existing)).toEqual(['update bucket blobs: fileSecurity', 'update function share: scopes']);
  });
});

describe('appwrite.json', () => {
  it.each([
    [
      'an unknown key',
      (file: ProjectFile) => Object.assign(file.tables[0] ?? {}, { rowsecurity: true }),
      'rowsecurity',
    ],
    [
      'a required column with a default',
      (file: ProjectFile) => Object.assign(file.tables[0]?.columns[0] ?? {}, { default: 'x' }),
      'default null',
    ],
    [
      'a text column without its size',
      (file: ProjectFile) => Reflect.deleteProperty(file.tables[0]?.columns[0] ?? {}, 'size'),
      'size',
    ],
    [
      'an index on a column that is not there',
      (file: ProjectFile) => file.tables[0]?.indexes.push({ key: 'x', type: 'key', columns: ['nothing'] }),
      'index names a column',
    ],
    [
      'a table of a database that is not there',
      (file: ProjectFile) => Object.assign(file.tables[0] ?? {}, { databaseId: 'other' }),
      'names a database',
    ],
  ])('must not have %s', (_, spoil, message) => {
    const file = project();
    spoil(file);
    expect(() => parseProjectFile(JSON.stringify(file))).toThrow(message);
  });

  it('must be JSON', () => {
    expect(() => parseProjectFile('{')).toThrow('not JSON');
  });
});
