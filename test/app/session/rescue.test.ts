import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { forgetUser } from '../../../src/app/session/forget-user.ts';
import { Memory } from '../../../src/app/session/memory.ts';
import type { CopyProgress } from '../../../src/app/session/rescue-api.ts';
import { DeviceRescue, type RescueOptions } from '../../../src/app/session/rescue.ts';
import { encodeUpdateRow, type UpdateRow } from '../../../src/core/codec.ts';
import { failure, success } from '../../../src/core/failures.ts';
import { fileDocumentId, treeDocumentId } from '../../../src/core/ids.ts';
import type { Role } from '../../../src/core/roles.ts';
import { createNode } from '../../../src/core/tree.ts';
import { IndexedDbDevice } from '../../../src/store/indexeddb-device.ts';
import { useProject } from '../../../src/store/project-use.ts';
import { ana, FakeProject } from '../ui/fake-app.ts';

const NEW = 'project1';
const ACCOUNT = { ...ana, guest: false, email: 'ana@example.com' };

let user: typeof ana;
let device: IndexedDbDevice;
let roles: Map<string, Role | 'gone' | 'deleted' | 'offline'>;
let rows: UpdateRow[];
let created: FakeProject;
let sessionEnded: boolean;
let memory: Memory;
let count = 0;

beforeEach(() => {
  // Each test has a device of its own.
  user = { ...ACCOUNT, id: `rescue${Date.now()}${count++}` };
  device = new IndexedDbDevice(user.id, 'page1');
  roles = new Map();
  rows = [];
  created = new FakeProject();
  sessionEnded = false;
  memory = new Memory();
});

afterEach(async () => {
  await device.close();
  await forgetUser(user.id);
});

function rescue(change: Partial<RescueOptions> = {}): DeviceRescue {
  return new DeviceRescue({
    user: () => user,
    sessionEnded: () => sessionEnded,
    openDevice: (userId) => new IndexedDbDevice(userId, `page${count++}`),
    log: {
      read: (id) => Promise.resolve(success(rows.find((row) => row.id === id) ?? null)),
      list: ({ project, doc }, take) => {
        take([...rows, ...copied()].filter((row) => row.project === project && row.doc === doc));
        return Promise.resolve(success(undefined));
      },
    },
    snapshots: { newest: () => Promise.resolve(success(null)) },
    askRole: (project) => {
      const role = roles.get(project) ?? 'editor';
      if (role === 'gone') return Promise.resolve(failure('forbidden', 'No member.'));
      if (role === 'deleted') return Promise.resolve(failure('not-found', 'Deleted.'));
      if (role === 'offline') return Promise.resolve(failure('offline', 'No answer.'));
      return Promise.resolve(success(role));
    },
    memory,
    createProject: () => Promise.resolve(success(NEW)),
    openProject: () => Promise.resolve(success(created)),
    closeProject: () => Promise.resolve(),
    ...change,
  });
}

/** What the server has of the project that a copy made. */
function copied(): UpdateRow[] {
  const files = [...created.tree.value.byId.values()].filter((node) => node.kind === 'file');
  return files.map(({ id }) =>
    serverRow(`copy${id}`, NEW, fileDocumentId(id), Y.encodeStateAsUpdate(created.textOf(id)), 'owner'),
  );
}

function serverRow(id: string, project: string, doc: string, update: Uint8Array, role: Role = 'editor'): UpdateRow {
  const row = encodeUpdateRow(id, doc, update, { project, author: user.id, role });
  return { ...row, createdAt: '2026-01-01T00:00:00.000Z' };
}

/** Writes into a document of this device; each transaction of `edit` is an edit that waits in the row `row`. */
async function write(project: string, doc: string, edit: (doc: Y.Doc) => void, row = `row-${doc}`): Promise<void> {
  const ydoc = new Y.Doc();
  const stored = device.openDocument(project, doc, ydoc, () => undefined);
  await stored.loaded;
  const updates: Uint8Array[] = [];
  ydoc.on('update', (update: Uint8Array) => updates.push(update));
  edit(ydoc);
  await stored.close();
  const before = await device.outbox.load(project, doc);
  const start = before.ok ? before.value.length : 0;
  const entries = updates.map((update, index) => ({ doc, owner: 'page1', sequence: start + index, row, update }));
  const kept = await device.outbox.put(project, entries);
  expect(kept.ok).toBe(true);
}

/** A project with `src/main.ts`, known to the server, and an edit in it that waits. */
async function project(id: string, text = 'server mine'): Promise<void> {
  const tree = new Y.Doc();
  createNode(tree, { id: `${id}src`, kind: 'folder', name: 'src', parent: null, createdAt: 1 });
  createNode(tree, { id: `${id}main`, kind: 'file', name: 'main.ts', parent: `${id}src`, createdAt: 2 });
  const file = new Y.Doc();
  file.getText('text').insert(0, 'server');
  const fileDoc = fileDocumentId(`${id}main`);
  for (const [doc, content] of [
    [treeDocumentId(id), tree],
    [fileDoc, file],
  ] as const) {
    const update = Y.encodeStateAsUpdate(content);
    rows.push(serverRow(`s-${doc}`, id, doc, update));
    const ydoc = new Y.Doc();
    const stored = device.openDocument(id, doc, ydoc, () => undefined);
    await stored.loaded;
    Y.applyUpdate(ydoc, update);
    await stored.close();
  }
  await write(id, fileDoc, (doc) => doc.getText('text').insert(6, text.slice(6)));
}

const databases = async (): Promise<string[]> =>
  (await indexedDB.databases()).map(({ name = '' }) => name).filter((name) => name.startsWith(`cowrite:${user.id}:`));

async function waitingDocs(id: string): Promise<readonly string[]> {
  const waiting = await device.outbox.waiting(id);
  return waiting.ok ? waiting.value : ['unreadable'];
}

describe('what is unsent on this device', () => {
  it('[LOCAL-4] is found in every project that left something here, with name, path, number and reason', async () => {
    await project('p1');
    await project('p2');
    await project('p3');
    memory.setProjectName(user.id, 'p1', 'Weather');
    roles.set('p1', 'viewer').set('p2', 'gone').set('p3', 'offline');
    memory.setRole(user.id, 'p3', 'editor');
    const listed = await rescue().list();
    if (!listed.ok) throw new Error(listed.message);
    const summary = listed.value.map(({ id, name, documents }) => [id, name, ...documents.map(({ reason }) => reason)]);
    expect(summary).toHaveLength(3);
    expect(summary).toContainEqual(['p1', 'Weather', 'role-lost']);
    expect(summary).toContainEqual(['p2', 'A project without a known name', 'no-member']);
    expect(summary).toContainEqual(['p3', 'A project without a known name', 'waiting']);
    const [document] = listed.value.find(({ id }) => id === 'p1')?.documents ?? [];
    expect(document).toMatchObject({ kind: 'file', path: 'src/main.ts', edits: 1 });
    expect(document?.since).toBeGreaterThan(Date.now() - 60_000);
    expect(await rescue().countStuck()).toBe(2);
    expect(await rescue().countIn('p3')).toBe(1);
  });

  it('[P4] leaves out what the server has although this device never heard so', async () => {
    await project('p1');
    roles.set('p1', 'viewer');
    rows.push(serverRow('row-fp1main', 'p1', 'fp1main', Y.encodeStateAsUpdate(new Y.Doc())));
    expect(await rescue().list()).toEqual(success([]));
  });

  it('knows a row that was refused for good, and an ended session', async () => {
    await project('p1');
    expect(await rescue().countStuck()).toBe(0);
    memory.setRefusal(user.id, 'p1', 'fp1main', 'Invalid data.');
    const refused = await rescue().list();
    expect(refused.ok && refused.value[0]?.documents[0]).toMatchObject({ reason: 'refused' });
    sessionEnded = true;
    const ended = await rescue().list();
    expect(ended.ok && ended.value[0]?.documents[0]).toMatchObject({ reason: 'session-ended' });
    user = { ...user, guest: true };
    const guest = await rescue().list();
    expect(guest.ok && guest.value[0]?.documents[0]).toMatchObject({ reason: 'guest-session-ended' });
  });

  it('lists what happened to files and folders; an own name among the people is none of it', async () => {
    await write('p1', treeDocumentId('p1'), (doc) =>
      doc.getMap('people').set(user.id, { name: 'Ana', color: '#000000' }),
    );
    expect(await rescue().list()).toEqual(success([]));
    await write('p1', treeDocumentId('p1'), (doc) => {
      createNode(doc, { id: 'n1', kind: 'file', name: 'new.md', parent: null, createdAt: 3 });
    });
    const listed = await rescue().list();
    expect(listed.ok && listed.value[0]?.documents).toMatchObject([
      { kind: 'tree', changes: [{ kind: 'created', path: 'new.md' }] },
    ]);
  });

  it('is read without a trace: nothing is stored, folded or created', async () => {
    await project('p1');
    const recordsOf = async (): Promise<number> => {
      const stored = await device.readDocument('p1', 'fp1main');
      return stored.ok ? stored.value.length : -1;
    };
    const before = { databases: (await databases()).sort(), records: await recordsOf() };
    roles.set('p1', 'viewer');
    const text = await rescue().read('p1', 'fp1main');
    expect(text).toMatchObject({ ok: true, value: { mine: 'server mine', before: 'server', comparedWith: 'server' } });
    expect(await rescue().read('p1', 'fnowhere')).toMatchObject({ ok: true, value: { mine: '' } });
    expect({ databases: (await databases()).sort(), records: await recordsOf() }).toEqual(before);
    expect(await waitingDocs('p1')).toEqual(['fp1main']);
  });

  it('[STAMP-2] is not compared with what a removed member may still read: those are only its own rows', async () => {
    await project('p1');
    roles.set('p1', 'gone');
    expect(await rescue().read('p1', 'fp1main')).toMatchObject({
      ok: true,
      value: { path: 'src/main.ts', mine: 'server mine', before: 'server', comparedWith: 'device' },
    });
  });
});

describe('discarding', () => {
  it('[LOCAL-4] forgets exactly these edits and drops the document, to be read anew from the server', async () => {
    await project('p1');
    await write('p1', 'fother', (doc) => doc.getText('text').insert(0, 'kept'));
    memory.setRefusal(user.id, 'p1', 'fp1main', 'No.');
    expect(await rescue().discard('p1', ['fp1main'])).toEqual(success(undefined));
    expect(await waitingDocs('p1')).toEqual(['fother']);
    expect(await databases()).not.toContain(`cowrite:${user.id}:p1:fp1main`);
    expect(await databases()).toContain(`cowrite:${user.id}:p1:fother`);
    expect(memory.refusal(user.id, 'p1', 'fp1main')).toBeNull();
  });

  it('[LOCAL-3] changes nothing while another tab has the project open', async () => {
    await project('p1');
    const close = useProject(user.id, 'p1');
    await expect
      .poll(async () => (await navigator.locks.query()).held?.some(({ name }) => name?.includes('p1')))
      .toBe(true);
    expect(await rescue().discard('p1', ['fp1main'])).toMatchObject({ ok: false, kind: 'conflict' });
    expect(await waitingDocs('p1')).toEqual(['fp1main']);
    close();
    await expect.poll(async () => (await rescue().discard('p1', ['fp1main'])).ok).toBe(true);
    expect(await waitingDocs('p1')).toEqual([]);
  });
});

describe('copying into a new project', () => {
  const docs = ['fp1main', 'tp1'];
  const copy = (change: Partial<RescueOptions> = {}, progress: (progress: CopyProgress) => void = () => undefined) =>
    rescue(change).copy('p1', docs, 'Rescued', progress);

  it('[LOCAL-4] carries the files to their paths, letter by letter, and then forgets the edits', async () => {
    const text = 'server 😀 “é”\n\tend';
    await project('p1', text);
    await write('p1', treeDocumentId('p1'), (doc) => {
      createNode(doc, { id: 'n1', kind: 'file', name: 'empty.md', parent: 'p1src', createdAt: 3 });
      createNode(doc, { id: 'n2', kind: 'folder', name: 'images', parent: null, createdAt: 4 });
    });
    roles.set('p1', 'viewer');
    const sentences: string[] = [];
    expect(await copy({}, ({ sentence }) => sentences.push(sentence))).toEqual(success(NEW));
    const files = [...created.tree.value.byId.values()].filter(({ kind }) => kind === 'file');
    const contents = files.map(({ id, path }) => [path, created.textOf(id).getText('text').toJSON()]);
    expect(Object.fromEntries(contents)).toEqual({ 'src/main.ts': text, 'src/empty.md': '' });
    expect(created.tree.value.roots.map(({ path }) => path)).toEqual(['images', 'src']);
    expect(await waitingDocs('p1')).toEqual([]);
    expect(created.closed).toBe(true);
    expect(sentences).toContain('Copying src/main.ts');
  });

  it.each([
    ['the project cannot be created', { createProject: () => Promise.resolve(failure('offline', 'No answer.')) }],
    ['it cannot be opened', { openProject: () => Promise.resolve(failure('offline', 'No answer.')) }],
    [
      'the server shows another text',
      { log: { read: () => Promise.resolve(success(null)), list: () => Promise.resolve(success(undefined)) } },
    ],
  ] as const)('[LOCAL-4] keeps everything when %s', async (_what, change) => {
    await project('p1');
    roles.set('p1', 'viewer');
    expect((await copy(change)).ok).toBe(false);
    expect(await waitingDocs('p1')).toEqual(['fp1main']);
    expect(await rescue().read('p1', 'fp1main')).toMatchObject({ ok: true, value: { mine: 'server mine' } });
  });

  it('[LOCAL-4] keeps everything when the new project cannot be sent either', async () => {
    await project('p1');
    created.status.set({ status: 'failed', sentence: 'The server refuses an edit.', pending: 1, unsafe: 0 });
    expect(await copy()).toMatchObject({ ok: false, message: expect.stringContaining('The server refuses an edit.') });
    expect(await waitingDocs('p1')).toEqual(['fp1main']);
  });

  it('[LOCAL-4] keeps what was not copied: comments, and what builds upon edits that are not here', async () => {
    await project('p1');
    await write('p1', 'rp1main', (doc) => doc.getMap('threads').set('t', 1));
    await device.dropDocument('p1', 'fp1main');
    roles.set('p1', 'gone');
    const copying = await rescue().copy('p1', ['fp1main', 'rp1main'], 'Rescued', () => undefined);
    expect(copying.ok).toBe(true);
    expect([...(await waitingDocs('p1'))].sort()).toEqual(['fp1main', 'rp1main']);
  });

  it('[P47] an edit that is made while the copy is under way is not forgotten with the others', async () => {
    await project('p1');
    roles.set('p1', 'viewer');
    const late: Promise<unknown>[] = [];
    await copy({}, ({ sentence }) => {
      if (!sentence.startsWith('Copying')) return;
      const entry = { doc: 'fp1main', owner: 'page9', sequence: 0, row: 'late', update: new Uint8Array([0, 0]) };
      late.push(device.outbox.put('p1', [entry]));
    });
    await Promise.all(late);
    const left = await device.outbox.load('p1', 'fp1main');
    expect(left.ok && left.value.map(({ row }) => row)).toEqual(['late']);
  });
});
