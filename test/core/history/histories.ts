/** Random histories of several replicas, and the slow obvious way to read them. */
import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import { mergeUpdates } from '../../../src/core/merge.ts';
import { retryPending } from '../../../src/core/pending.ts';
import { Random } from '../../helpers/random.ts';

const EPOCH = Date.UTC(2026, 0, 5, 9);

export const AUTHORS = ['ana', 'bob', 'cleo'] as const;

export function entryOf(update: Uint8Array, author: string, time: number, id: string): LogEntry {
  const stamp = { project: 'p1', role: 'editor', author } as const;
  return { id, doc: 'fa', update, stamp, createdAt: new Date(EPOCH + time).toISOString() };
}

/** The time of an entry, as the history counts it. */
export function timeOf(entry: LogEntry): number {
  return Date.parse(entry.createdAt);
}

/** A replica whose edits become rows. */
export class Writer {
  readonly author: string;
  doc = new Y.Doc();
  private waiting: Uint8Array[] = [];
  private readonly client: () => number;

  constructor(author: string, client: () => number) {
    this.author = author;
    this.client = client;
    this.open(new Y.Doc());
  }

  /** A new page with what the last one held. */
  reopen(): void {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.doc));
    this.open(doc);
  }

  get text(): Y.Text {
    return this.doc.getText('text');
  }

  insert(at: number, text: string): void {
    this.text.insert(at, text);
  }

  delete(at: number, length: number): void {
    this.text.delete(at, length);
  }

  take(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'remote');
  }

  /** What was written since the last call as one update, or `null` if nothing was. */
  flush(): Uint8Array | null {
    const updates = this.waiting;
    this.waiting = [];
    return updates.length === 0 ? null : mergeUpdates(updates);
  }

  private open(doc: Y.Doc): void {
    doc.clientID = this.client();
    doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
      if (local) this.waiting.push(update);
    });
    this.doc = doc;
  }
}

export interface Options {
  readonly steps?: number;
  /** Rows come to the log in another order than they were made in: some have to wait for others. */
  readonly late?: boolean;
  /** Pages are opened anew now and then: an author has several Yjs clients. */
  readonly reopens?: boolean;
  /** Edits cut emojis into halves, as no editor of ours does and a foreign one might. */
  readonly cuts?: boolean;
}

const WORDS = ['a', 'b', 'xy', '\n', 'hello ', 'ä', '😀', 'function f() {\n}\n'] as const;

/** A random history, in the order of the log. */
export function randomHistory(
  seed: number,
  { steps = 60, late = false, reopens = true, cuts = false }: Options = {},
): LogEntry[] {
  const random = new Random(seed);
  const place = (text: string, index: number): number => (cuts ? index : cleanIndex(text, index));
  let clients = 100;
  const writers = AUTHORS.map((author) => new Writer(author, () => clients++));
  const rows: { update: Uint8Array; author: string }[] = [];
  /** How many rows each writer has taken; a replica gets others' rows in order. */
  const taken = writers.map(() => 0);
  for (let step = 0; step < steps; step++) {
    const index = random.below(writers.length);
    const writer = writers[index];
    if (!writer) continue;
    const what = random.next();
    const { length } = writer.text;
    if (what < 0.5) {
      const word = cuts && random.next() < 0.5 ? '😀' : random.pick(WORDS);
      writer.insert(place(writer.text.toString(), random.below(length + 1)), word);
    } else if (what < 0.72 && length > 0) {
      const text = writer.text.toString();
      const start = place(text, random.below(length));
      const end = place(text, Math.min(length, start + 1 + random.below(8)));
      if (end > start) writer.delete(start, end - start);
    } else if (what < 0.97) {
      const target = taken[index] ?? 0;
      const upTo = target + random.below(rows.length - target + 1);
      for (const { update, author } of rows.slice(target, upTo)) if (author !== writer.author) writer.take(update);
      taken[index] = upTo;
    } else if (reopens) writer.reopen();
    if (random.next() < 0.4) {
      const update = writer.flush();
      if (update) rows.push({ update, author: writer.author });
    }
  }
  for (const writer of writers) {
    const update = writer.flush();
    if (update) rows.push({ update, author: writer.author });
  }
  let time = 0;
  const entries = rows.map(({ update, author }, index) => {
    // Several rows share a millisecond, and some are far apart.
    time += random.next() < 0.1 ? 15 * 60_000 : 60_000;
    const at = Math.max(0, time - (late ? random.below(400_000) : 0));
    return entryOf(update, author, Math.floor(at / 120_000) * 120_000, `row${String(index).padStart(4, '0')}`);
  });
  return sorted(entries);
}

/** In the order of the log. */
export function sorted(entries: readonly LogEntry[]): LogEntry[] {
  return [...entries].sort((a, b) => timeOf(a) - timeOf(b) || (a.id < b.id ? -1 : 1));
}

/** The document after so many entries, by replaying them one by one. */
export function replay(entries: readonly LogEntry[], count: number = entries.length): Y.Doc {
  const doc = new Y.Doc({ gc: false });
  for (const { update } of entries.slice(0, count)) {
    Y.applyUpdate(doc, update);
    retryPending(doc, null);
  }
  return doc;
}

/** The text after none, one, two … of the entries. */
export function replayedTexts(entries: readonly LogEntry[]): string[] {
  const doc = new Y.Doc({ gc: false });
  return [
    '',
    ...entries.map(({ update }) => {
      Y.applyUpdate(doc, update);
      retryPending(doc, null);
      return doc.getText('text').toString();
    }),
  ];
}

export function replayedText(entries: readonly LogEntry[], count?: number): string {
  return replay(entries, count).getText('text').toString();
}

/** For each character of the replayed text the index of the entry that brought it. */
export function replayedBlame(entries: readonly LogEntry[], count: number = entries.length): number[] {
  const doc = new Y.Doc({ gc: false });
  const bringers = new Map<string, number>();
  entries.slice(0, count).forEach((entry, index) => {
    for (const struct of Y.decodeUpdate(entry.update).structs) {
      for (let offset = 0; offset < struct.length; offset++) {
        const name = `${struct.id.client}/${struct.id.clock + offset}`;
        if (!(struct instanceof Y.Skip) && !bringers.has(name)) bringers.set(name, index);
      }
    }
    Y.applyUpdate(doc, entry.update);
  });
  retryPending(doc, null);
  const blame: number[] = [];
  for (let item = doc.getText('text')._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    for (let offset = 0; offset < item.length; offset++) {
      blame.push(bringers.get(`${item.id.client}/${item.id.clock + offset}`) ?? -1);
    }
  }
  return blame;
}

/** An index that does not cut a surrogate pair. */
export function cleanIndex(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}
