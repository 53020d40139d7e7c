import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { ready } from '../../../src/app/history/ready.ts';
import { RestoreNote } from '../../../src/app/session/restore-note.ts';
import { Restoring, type RestorableFile } from '../../../src/app/session/restoring.ts';
import type { Interrupted, RestoreResult } from '../../../src/app/session/restore-api.ts';
import { Signal } from '../../../src/app/session/signal.ts';
import type { ProjectRestore } from '../../../src/core/history/project-restore.ts';
import type { StatusReport } from '../../../src/core/status.ts';
import { createNode, deleteNode, readTree } from '../../../src/core/tree.ts';
import type { Answer, Arguments, Method } from '../../../src/app/session/history/desk.ts';
import { FakeHistory } from '../ui/fake-history.ts';
import { SAVED } from '../ui/fake-app.ts';

const MINUTE = 60_000;
const THEN = Date.now() - 60 * MINUTE;
const OFFLINE: StatusReport = { status: 'offline', sentence: 'Offline.', pending: 0, unsafe: 0 };

/** The live documents of a project, as its session holds them. */
class Live {
  readonly history = new FakeHistory('project1', () => 'ana');
  readonly tree = new Y.Doc();
  readonly status = new Signal<StatusReport>(SAVED);
  readonly texts = new Map<string, Y.Text>();
  /** Files that are not on this device. */
  readonly absent = new Set<string>();
  handles = 0;
  mayWrite = true;
  /** Called when a question to the history is answered, before the answer is seen. */
  answered: (method: Method) => void = () => undefined;
  readonly restoring: Restoring;

  constructor() {
    this.history.follow(this.tree);
    this.restoring = new Restoring({
      history: {
        nameVersion: (...args) => this.history.nameVersion(...args),
        whole: () => {
          const whole = this.history.whole();
          const ask = async <M extends Method>(method: M, ...args: Arguments<M>): Promise<Answer<M>> => {
            const answer = await whole.ask(method, ...args);
            this.answered(method);
            return answer;
          };
          return { ...whole, ask };
        },
      },
      tree: () => this.tree,
      status: this.status,
      open: (node) => this.open(node),
      opened: () => [],
      clock: {
        now: () => Date.now(),
        after: (delay, run) => {
          const timer = setTimeout(run, delay);
          return () => clearTimeout(timer);
        },
      },
      note: new RestoreNote('ana', 'project1'),
      assertMayWrite: () => {
        if (!this.mayWrite) throw new Error('As a viewer you cannot change the files.');
      },
    });
  }

  create(node: string, text: string): void {
    createNode(this.tree, { id: node, name: node, kind: 'file', parent: null, createdAt: 1 });
    this.saveTree(THEN - 10 * MINUTE);
    this.edit(node, THEN - 9 * MINUTE, (live) => live.insert(0, text));
  }

  /** A saved edit. */
  edit(node: string, time: number, change: (text: Y.Text) => void): void {
    const text = this.textOf(node);
    change(text);
    const state = Y.encodeStateAsUpdate(docOf(text));
    this.history.write(node, 'ana', time, (doc) => Y.applyUpdate(doc, state));
  }

  saveTree(time: number): void {
    const state = Y.encodeStateAsUpdate(this.tree);
    this.history.write('tproject1', 'ana', time, (doc) => Y.applyUpdate(doc, state));
  }

  textOf(node: string): Y.Text {
    const text = this.texts.get(node) ?? new Y.Doc().getText('text');
    this.texts.set(node, text);
    return text;
  }

  async plan(): Promise<ProjectRestore> {
    const whole = this.history.whole();
    await ready(whole.state);
    const plan = await whole.ask('projectRestore', THEN);
    whole.close();
    return plan;
  }

  async restore(stop: AbortSignal = new AbortController().signal): Promise<RestoreResult> {
    const { items } = await this.plan();
    return this.restoring.run({ time: THEN, name: 'Draft', items }, () => undefined, stop);
  }

  get paths(): string[] {
    return [...readTree(this.tree).byId.values()].map(({ path }) => path).sort();
  }

  private open(node: string): RestorableFile {
    this.handles++;
    const text = this.textOf(node);
    const isOnline = this.status.value.status !== 'offline';
    return {
      doc: docOf(text),
      text,
      loaded: Promise.resolve(),
      ready: new Signal(!this.absent.has(node)),
      status: this.status,
      isCurrent: isOnline,
      close: () => this.handles--,
    };
  }
}

function docOf(text: Y.Text): Y.Doc {
  if (text.doc === null) throw new Error('Every text here is in a document.');
  return text.doc;
}

let live: Live;

beforeEach(() => {
  live = new Live();
  live.create('a', 'one\n');
  live.create('b', 'two\n');
  live.create('c', 'three\n');
  live.edit('a', THEN + MINUTE, (text) => text.insert(4, 'more\n'));
  live.edit('b', THEN + 2 * MINUTE, (text) => text.delete(0, 4));
  deleteNode(live.tree, 'c', 5);
  createNode(live.tree, { id: 'new', name: 'new', kind: 'file', parent: null, createdAt: 2 });
  live.saveTree(THEN + 3 * MINUTE);
});

afterEach(() => {
  live.restoring.close();
  live.history.close();
  localStorage.clear();
});

describe('restoring a project', () => {
  it('brings back texts and files, keeps the moment before as a version, and takes itself back exactly', async () => {
    expect(await live.restore()).toEqual({ restored: 4, failed: [] });
    expect(live.paths).toEqual(['a', 'b', 'c']);
    expect([live.textOf('a').toJSON(), live.textOf('b').toJSON()]).toEqual(['one\n', 'two\n']);
    const [version] = live.history.versions.value;
    expect(version).toMatchObject({ name: 'Before restoring Draft', doc: null, time: THEN + 3 * MINUTE });

    // What came since stays.
    live.textOf('a').insert(0, 'after ');
    live.restoring.last.value?.undo?.();
    expect(live.paths).toEqual(['a', 'b', 'new']);
    expect([live.textOf('a').toJSON(), live.textOf('b').toJSON()]).toEqual(['after one\nmore\n', '']);
    expect(live.restoring.last.value).toBeNull();
    expect(live.handles).toBe(0);
  });

  it('keeps what is typed and not in the history yet, where the server can be read', async () => {
    live.textOf('a').insert(0, 'unsaved ');
    await live.restore();
    expect(live.textOf('a').toJSON()).toBe('unsaved one\n');
  });

  it('without network gives exactly the text of then, and says what is not on this device', async () => {
    const { items } = await live.plan();
    live.status.set(OFFLINE);
    // Typed without network: no history knows of it.
    live.textOf('a').insert(0, 'unsaved ');
    live.absent.add('b');
    const wish = { time: THEN, name: 'Draft', items };
    const result = await live.restoring.run(wish, () => undefined, new AbortController().signal);
    expect(result.restored).toBe(3);
    expect(result.failed).toEqual([{ path: 'b', why: 'It is not on this device, and the server cannot be read now.' }]);
    expect([live.textOf('a').toJSON(), live.textOf('b').toJSON()]).toEqual(['one\n', '']);
    live.restoring.last.value?.undo?.();
    expect(live.textOf('a').toJSON()).toBe('unsaved one\nmore\n');
  });

  it('[P42] works out anew what somebody types into meanwhile', async () => {
    let typed = 0;
    live.answered = (method) => {
      if (method === 'restoreOperations' && typed++ < 3) live.textOf('a').insert(0, 'bob ');
    };
    expect((await live.restore()).failed).toEqual([]);
    expect(live.textOf('a').toJSON()).toBe('bob bob bob one\n');
  });

  it('can be stopped: texts that are left are told, and what was done can be undone', async () => {
    const stop = new AbortController();
    stop.abort();
    const { restored, failed } = await live.restore(stop.signal);
    expect(restored).toBe(2);
    expect(failed.map(({ path }) => path).sort()).toEqual(['a', 'b']);
    expect(live.textOf('a').toJSON()).toBe('one\nmore\n');
    expect(live.paths).toEqual(['a', 'b', 'c']);
    live.restoring.last.value?.undo?.();
    expect(live.paths).toEqual(['a', 'b', 'new']);
  });

  it('is told after the page was left in the middle of it, and is over when the project is restored', async () => {
    const { items } = await live.plan();
    const nodes = items.map(({ node }) => node);
    let left: Interrupted | null = null;
    live.answered = (method) => {
      if (method !== 'restoreOperations') return;
      expect(live.restoring.running.value).toBe(true);
      live.restoring.close();
    };
    await live.restore();
    expect([live.handles, live.restoring.last.value]).toEqual([0, null]);
    const next = new Live();
    next.restoring.interrupted.subscribe((value) => (left = value));
    await expect.poll(() => left).toEqual({ time: THEN, name: 'Draft', before: THEN + 3 * MINUTE, nodes });
    next.history.close();

    // Going on leads back to the moment before all of it.
    live.history.close();
    live = next;
    live.create('a', 'one\n');
    live.edit('a', THEN + 5 * MINUTE, (text) => text.insert(4, 'more\n'));
    await live.restore();
    expect([live.restoring.running.value, left, localStorage.length]).toEqual([false, null, 0]);
  });

  it('that another tab carries out is not told as interrupted', async () => {
    const other = new RestoreNote('ana', 'project1');
    other.begin({ time: THEN, name: 'Draft', before: THEN, nodes: [] });
    await expect.poll(async () => (await navigator.locks.query()).held?.length).toBe(1);
    const next = new Live();
    await expect.poll(async () => (await navigator.locks.query()).pending?.length).toBe(1);
    expect(next.restoring.interrupted.value).toBeNull();
    other.close();
    await expect.poll(() => next.restoring.interrupted.value?.name).toBe('Draft');
    next.restoring.close();
    next.history.close();
  });

  it('does nothing for those who may not write, or cannot any more', async () => {
    live.mayWrite = false;
    await expect(live.restore()).rejects.toThrow('As a viewer');
    live.mayWrite = true;
    live.status.set({ ...OFFLINE, status: 'failed', sentence: 'You are no member any more.' });
    await expect(live.restore()).rejects.toThrow('no member');
    expect(live.paths).toEqual(['a', 'b', 'new']);
    expect(live.history.versions.value).toEqual([]);
    expect(live.handles).toBe(0);
  });

  it('of many files is taken back by the version, and holds none of them open', async () => {
    live.restoring.close();
    live.history.close();
    live = new Live();
    for (let count = 0; count < 50; count++) live.create(`file${count}`, 'x');
    for (let count = 0; count < 50; count++) live.edit(`file${count}`, THEN + MINUTE, (text) => text.insert(1, 'y'));
    const steps: string[] = [];
    const { items } = await live.plan();
    const progress = (done: number, total: number): number => steps.push(`${done}/${total}`);
    const stop = new AbortController().signal;
    const { restored, failed } = await live.restoring.run({ time: THEN, name: 'Draft', items }, progress, stop);
    expect([restored, failed]).toEqual([50, []]);
    expect([steps[0], steps.at(-1)]).toEqual(['0/50', '50/50']);
    expect(live.handles).toBe(0);
    expect(live.restoring.last.value).toMatchObject({ undo: null, before: THEN + MINUTE });
  });
});
