/** One replica under measurement, alike in a page and in a process of Node, for Cowrite and for its peers. */
import { fromBase64, toBase64 } from 'lib0/buffer';
import * as prng from 'lib0/prng';
import * as Y from 'yjs';
import { now, sleep } from './clock.ts';

/** A text that is connected to a server. */
export interface Connection {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  /** Shows the others where this user's cursor is, as the editor does. */
  showCursor(selection: { anchor: unknown; head: unknown }): void;
  /** Whether everything is received and stored, where that is told. */
  readonly saved: boolean;
  /** Calls back whenever `saved` may have changed. */
  onStatus(listener: () => void): void;
  /** Resolves when what was written is on this device, where there is one. */
  flush(): Promise<void>;
  /** As the browser's `online` event: the network is back. */
  nudge(): void;
  close(): Promise<void>;
}

/** Pauses between keystrokes, in milliseconds: drawn evenly between the two. */
export interface Pace {
  readonly shortest: number;
  readonly longest: number;
}

/** What an ended text looks like: `encodeSnapshot` in base64, and its length. */
export interface Target {
  readonly snapshot: string;
  readonly length: number;
}

/** What the controller can ask for; arguments and answers are plain data, times are those of `now()`. */
export interface Commands {
  /** Types so many characters; resolves to the time of each. */
  type(order: { count: number; pace: Pace }): Promise<readonly number[]>;
  /** Resolves to when each character of the others came, the earliest first, once there are so many. */
  hear(order: { count: number; patience: number }): Promise<readonly number[]>;
  /** Edits here and there, one transaction each; resolves to what it has then, once that is on the device. */
  edit(order: { count: number; seed: number }): Promise<{ update: string }>;
  /** Resolves to the time at which the document was that of the target, and everything saved. */
  settle(order: { target: Target | null; patience: number }): Promise<number>;
  nudge(): Promise<void>;
  close(): Promise<void>;
}

/** As the editor: the shortest time between two publications of the cursor. */
const CURSOR_INTERVAL_MS = 50;
/** Characters that are typed in one place before the next is turned to. */
const RUN_LENGTH = 25;

export class Replica implements Commands {
  private readonly connection: Connection;
  /** What this user types; nobody else types it. */
  private readonly letter: string;
  private readonly heard: number[] = [];
  private readonly waiting = new Set<() => void>();
  private cursor: Y.RelativePosition | null = null;
  private cursorTimer: ReturnType<typeof setTimeout> | null = null;
  private cursorShown = 0;

  constructor(connection: Connection, letter: string) {
    this.connection = connection;
    this.letter = letter;
    connection.text.observe((event, transaction) => {
      if (!transaction.local) this.hearAll(event);
      this.look();
    });
    connection.onStatus(() => this.look());
  }

  async type({ count, pace }: { count: number; pace: Pace }): Promise<readonly number[]> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      await sleep(pace.shortest + Math.random() * (pace.longest - pace.shortest));
      times.push(now());
      this.press();
    }
    return times;
  }

  async hear({ count, patience }: { count: number; patience: number }): Promise<readonly number[]> {
    await this.until(
      () => this.heard.length >= count,
      patience,
      () => `${this.heard.length} of ${count} characters`,
    );
    return this.heard;
  }

  async edit({ count, seed }: { count: number; seed: number }): Promise<{ update: string }> {
    const { doc, text } = this.connection;
    const random = prng.create(seed);
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (i % RUN_LENGTH === 0) at = prng.int32(random, 0, text.length);
      if (at > 0 && prng.int32(random, 0, 9) === 0) text.delete(--at, 1);
      else text.insert(at++, prng.letter(random));
      // A person takes hours for all of it; nothing piles up.
      if (i % RUN_LENGTH === RUN_LENGTH - 1) await this.connection.flush();
    }
    await this.connection.flush();
    return { update: toBase64(Y.encodeStateAsUpdateV2(doc)) };
  }

  async settle({ target, patience }: { target: Target | null; patience: number }): Promise<number> {
    const { doc, text } = this.connection;
    const snapshot = target === null ? null : Y.decodeSnapshot(fromBase64(target.snapshot));
    const settled = (): boolean => {
      if (!this.connection.saved || (target !== null && text.length !== target.length)) return false;
      return snapshot === null || Y.equalSnapshots(Y.snapshot(doc), snapshot);
    };
    await this.until(settled, patience, () => `${text.length} characters, saved: ${this.connection.saved}`);
    return now();
  }

  nudge(): Promise<void> {
    this.connection.nudge();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.cursorTimer) clearTimeout(this.cursorTimer);
    await this.connection.close();
  }

  /** A key: one character after the last one, and the cursor after it. */
  private press(): void {
    const { doc, text } = this.connection;
    const index = this.cursor && Y.createAbsolutePositionFromRelativePosition(this.cursor, doc)?.index;
    const at = index ?? text.length;
    text.insert(at, this.letter);
    this.cursor = Y.createRelativePositionFromTypeIndex(text, at + 1, -1);
    this.cursorTimer ??= setTimeout(() => this.showCursor(), this.cursorShown + CURSOR_INTERVAL_MS - now());
  }

  private showCursor(): void {
    this.cursorTimer = null;
    this.cursorShown = now();
    const position: unknown = this.cursor && Y.relativePositionToJSON(this.cursor);
    this.connection.showCursor({ anchor: position, head: position });
  }

  private hearAll({ delta }: Y.YTextEvent): void {
    const at = now();
    for (const { insert } of delta) {
      if (typeof insert !== 'string') continue;
      for (const character of insert) if (character !== this.letter) this.heard.push(at);
    }
  }

  private look(): void {
    for (const listener of this.waiting) listener();
  }

  private until(reached: () => boolean, patience: number, found: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = (): void => {
        if (!reached()) return;
        clearTimeout(timer);
        this.waiting.delete(listener);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(listener);
        reject(new Error(`after ${patience} ms: ${found()}`));
      }, patience);
      this.waiting.add(listener);
      listener();
    });
  }
}
