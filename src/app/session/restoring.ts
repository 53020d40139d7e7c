import * as Y from 'yjs';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { restoreTree, type RestoreItem } from '../../core/history/project-restore.ts';
import { fileDocumentId } from '../../core/ids.ts';
import type { Clock } from '../../core/ports.ts';
import type { StatusReport } from '../../core/status.ts';
import { batchOperations } from '../../core/text.ts';
import type { Observable } from './api.ts';
import type { OpenFile } from './file-session.ts';
import { settled } from './history/document-history.ts';
import type { ProjectHistory, WholeHistory } from './history-api.ts';
import type { Interrupted, ProjectRestoring, Restored, RestoreResult, RestoreWish } from './restore-api.ts';
import type { RestoreNote } from './restore-note.ts';
import { RestoreUndo } from './restore-undo.ts';
import { Signal } from './signal.ts';

/** A handle on a file, as far as it is needed here. */
export type RestorableFile = Pick<OpenFile, 'doc' | 'text' | 'loaded' | 'ready' | 'status' | 'isCurrent' | 'close'>;

export interface RestoringOptions {
  readonly history: Pick<ProjectHistory, 'whole' | 'nameVersion'>;
  readonly tree: () => Y.Doc;
  readonly status: Observable<StatusReport>;
  /** A handle on a file, open in the editor or not. */
  readonly open: (node: string) => RestorableFile;
  /** Node ids of the files that are open. */
  readonly opened: () => readonly string[];
  readonly clock: Clock;
  /** Remembers what is being done, in case the page is left. */
  readonly note: RestoreNote;
  /** Throws with a sentence for the user if files may not be changed. */
  readonly assertMayWrite: () => void;
}

/** Texts that are brought back at a time. */
const PARALLEL = 4;
/** While somebody types, what is to be done to a text has to be worked out anew, at most so often. */
const TRIES = 8;
/** Undoing keeps the texts open, and every open text is read again now and then. */
const MOST_UNDOABLE = 40;
const UNDOABLE_MS = 10 * 60_000;
/** How long is waited for edits that are on their way, and looked for them in between. */
const SAVING_PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 100;
/** How long is waited for what others wrote in a file. */
const READING_PATIENCE_MS = 20_000;

/** Brings projects back to a moment: the tree at once, then text after text, whether it is open or not. */
export class Restoring implements ProjectRestoring {
  readonly last = new Signal<Restored | null>(null);
  readonly running = new Signal(false);
  readonly interrupted = new Signal<Interrupted | null>(null);
  private readonly options: RestoringOptions;
  private undo: RestoreUndo | null = null;
  private isClosed = false;

  constructor(options: RestoringOptions) {
    this.options = options;
    void options.note.left().then((left) => {
      if (!this.isClosed && !this.running.value) this.interrupted.set(left);
    });
  }

  async run(
    wish: RestoreWish,
    progress: (done: number, total: number) => void,
    stop: AbortSignal,
  ): Promise<RestoreResult> {
    const { assertMayWrite, status, history, clock } = this.options;
    assertMayWrite();
    if (status.value.status === 'failed' || status.value.status === 'deleted') throw new Error(status.value.sentence);
    const whole = history.whole();
    this.running.set(true);
    try {
      await settled(whole.state);
      if (whole.state.value.kind === 'failed') throw new Error(whole.state.value.message);
      const before = await this.keepPresent(whole, wish);
      this.begin(wish, before);
      const texts = wish.items.filter(({ kind, inserted, deleted }) => kind !== 'removed' && inserted + deleted > 0);
      const undo = new RestoreUndo(texts.length <= MOST_UNDOABLE || status.value.status === 'offline');
      const failed = this.restoreTree(wish.items, undo);
      failed.push(...(await this.restoreTexts(whole, wish.time, texts, undo, progress, stop)));
      const left = new Set(failed.map(({ path }) => path));
      const restored = wish.items.filter((item) => !left.has(pathOf(item))).length;
      const result = { restored, failed };
      if (this.isClosed) undo.end();
      else {
        this.offer({ ...result, name: wish.name, at: clock.now(), before, undo: null }, undo);
        this.leaveInterrupted();
      }
      return result;
    } finally {
      this.running.set(false);
      whole.close();
    }
  }

  dismiss(): void {
    this.undo?.end();
    this.undo = null;
    this.last.set(null);
  }

  leaveInterrupted(): void {
    this.options.note.end();
    this.interrupted.set(null);
  }

  /** The project is left: what is being done stops, and is told of when it is opened again. */
  close(): void {
    this.isClosed = true;
    this.dismiss();
    this.options.note.close();
  }

  /** Whoever goes on with what was interrupted wants to get back behind all of it. */
  private begin({ time, name, items }: RestoreWish, before: number): void {
    const { value: left } = this.interrupted;
    const nodes = items.map(({ node }) => node);
    if (left?.time !== time) return this.options.note.begin({ time, name, before, nodes });
    this.options.note.begin({ ...left, nodes: [...new Set([...left.nodes, ...nodes])] });
  }

  /** Names the moment before: all that is saved, and what this page has typed if it can be saved now. */
  private async keepPresent(whole: WholeHistory, { name }: RestoreWish): Promise<number> {
    const { history, clock } = this.options;
    await this.inHistory(whole);
    const newest = await whole.ask('newest');
    const time = newest === 0 ? clock.now() : newest;
    const description = 'Kept by itself right before the project was restored.';
    history.nameVersion(`Before restoring ${name}`.slice(0, MAX_NAME_CHARS), description, {
      node: null,
      row: null,
      time,
    });
    return time;
  }

  /** Resolves when what was typed here is saved and part of the history, or that takes too long. */
  private async inHistory(whole: WholeHistory): Promise<void> {
    const { status, clock, opened, open } = this.options;
    const end = clock.now() + SAVING_PATIENCE_MS;
    while (clock.now() < end && status.value.status !== 'offline') {
      if (status.value.pending === 0) {
        const texts = opened().map(async (node) => {
          const file = open(node);
          try {
            return (await whole.ask('text', fileDocumentId(node)).catch(() => '')) === file.text.toJSON();
          } finally {
            file.close();
          }
        });
        if ((await Promise.all(texts)).every((same) => same)) return;
      }
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  private restoreTree(items: readonly RestoreItem[], undo: RestoreUndo): { path: string; why: string }[] {
    const { tree, clock } = this.options;
    undo.follow(tree().getMap('nodes'), () => undefined);
    const kept = new Set(restoreTree(tree(), items, clock.now(), undo.origin));
    return items
      .filter(({ node }) => kept.has(node))
      .map((item) => ({ path: pathOf(item), why: 'It would be within itself, so it stays where it is.' }));
  }

  private async restoreTexts(
    whole: WholeHistory,
    time: number,
    items: readonly RestoreItem[],
    undo: RestoreUndo,
    progress: (done: number, total: number) => void,
    stop: AbortSignal,
  ): Promise<{ path: string; why: string }[]> {
    const failed: { path: string; why: string }[] = [];
    const waiting = [...items];
    let done = 0;
    progress(done, items.length);
    const work = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        try {
          if (stop.aborted || this.isClosed) throw new Error('It was stopped before: the text is as it was.');
          await this.restoreText(whole, time, item.node, undo);
        } catch (error) {
          failed.push({ path: pathOf(item), why: error instanceof Error ? error.message : String(error) });
        }
        progress(++done, items.length);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return failed;
  }

  private async restoreText(whole: WholeHistory, time: number, node: string, undo: RestoreUndo): Promise<void> {
    const file = this.options.open(node);
    let isKept = false;
    try {
      const holdsAll = await this.isWhole(file);
      for (let tries = 0; tries < TRIES; tries++) {
        const before = file.text.toJSON();
        const live = holdsAll ? Y.encodeStateAsUpdateV2(file.doc) : before;
        const operations = await whole.ask('restoreOperations', fileDocumentId(node), time, live);
        // What was worked out is only right for the text it was worked out for.
        if (file.text.toJSON() !== before) continue;
        isKept = undo.follow(file.text, () => file.close());
        for (const batch of batchOperations(operations, () => before)) {
          file.doc.transact(() => {
            for (const { index, remove, insert } of batch) {
              file.text.delete(index, remove);
              file.text.insert(index, insert);
            }
          }, undo.origin);
        }
        return;
      }
      throw new Error('Others are typing in it too much at the moment. Try again.');
    } finally {
      if (!isKept) file.close();
    }
  }

  /**
   * Resolves to whether the live document holds all that is saved, or, without network, only what is on this device. Rejects
   * where there is nothing of it here.
   */
  private async isWhole(file: RestorableFile): Promise<boolean> {
    await file.loaded;
    if (file.isCurrent) return true;
    return new Promise((resolve, reject) => {
      const undo: (() => void)[] = [];
      const end = (run: () => void): void => {
        for (const stop of undo.splice(0)) stop();
        run();
      };
      const settle = (): void =>
        end(() => {
          if (file.ready.value) resolve(false);
          else reject(new Error('It is not on this device, and the server cannot be read now.'));
        });
      const look = (): void => {
        const { status } = file.status.value;
        if (file.isCurrent) end(() => resolve(true));
        else if (status === 'offline' || status === 'failed' || status === 'deleted') settle();
      };
      undo.push(file.ready.subscribe(look), file.status.subscribe(look));
      undo.push(this.options.clock.after(READING_PATIENCE_MS, settle));
      look();
    });
  }

  private offer(restored: Restored, undo: RestoreUndo): void {
    this.undo?.end();
    this.undo = undo.isComplete ? undo : null;
    if (!undo.isComplete) {
      undo.end();
      this.last.set(restored);
      return;
    }
    const takeBack = (): void => {
      if (this.undo !== undo) return;
      undo.run();
      this.dismiss();
    };
    this.last.set({ ...restored, undo: takeBack });
    this.options.clock.after(UNDOABLE_MS, () => {
      if (this.undo !== undo) return;
      undo.end();
      this.undo = null;
      this.last.set(restored);
    });
  }
}

function pathOf({ pathThen, pathNow }: RestoreItem): string {
  return pathThen ?? pathNow ?? '';
}
