/**
 * One replica under measurement, alike in a page and in a process of Node, for Cowrite and for its peers. A document
 * only grows, one character a keystroke, so keystroke number n is visible as soon as its length exceeds n.
 */

/** A text that is connected to a server. */
export interface Connection {
  readonly length: number;
  /** Appends one character, as typing does. */
  append(): void;
  /** Calls back after each change of the text, of whichever origin. */
  onChange(listener: () => void): void;
  /** Where the server tells that something is durable: how many of this replica's keystrokes are. */
  onStored?(listener: (count: number) => void): void;
  close(): Promise<void>;
}

/** Pauses between keystrokes, in milliseconds: drawn evenly between the two. */
export interface Pace {
  readonly shortest: number;
  readonly longest: number;
}

/** Number of a keystroke in the document, and a time in milliseconds on the clock that all replicas share. */
export type Moment = readonly [keystroke: number, at: number];

export interface Recording {
  readonly typed: readonly Moment[];
  readonly seen: readonly Moment[];
  readonly stored: readonly Moment[];
}

/** What the controller can ask for; each answer is plain data. */
export interface Commands {
  /** Types `count` characters; resolves when the last one is typed. */
  type(order: { count: number; pace: Pace }): Promise<void>;
  /** Resolves when the text has reached a length and everything typed here is stored, where that is told. */
  settle(order: { length: number; patience: number }): Promise<void>;
  /** Everything since the last call. */
  take(): Promise<Recording>;
  now(): Promise<number>;
  close(): Promise<void>;
}

export class Replica implements Commands {
  private readonly connection: Connection;
  private readonly clock: () => number;
  private recording: { typed: Moment[]; seen: Moment[]; stored: Moment[] } = { typed: [], seen: [], stored: [] };
  /** The keystrokes of this replica, in order. */
  private readonly own: number[] = [];
  private seenLength: number;
  private storedCount = 0;
  private readonly toldOfStorage: boolean;
  private waiting: (() => void) | null = null;

  constructor(connection: Connection, clock: () => number) {
    this.connection = connection;
    this.clock = clock;
    this.seenLength = connection.length;
    this.toldOfStorage = connection.onStored !== undefined;
    connection.onChange(() => this.see());
    connection.onStored?.((count) => this.store(count));
  }

  async type({ count, pace }: { count: number; pace: Pace }): Promise<void> {
    for (let i = 0; i < count; i++) {
      await sleep(pace.shortest + Math.random() * (pace.longest - pace.shortest));
      const keystroke = this.connection.length;
      this.own.push(keystroke);
      this.recording.typed.push([keystroke, this.clock()]);
      this.connection.append();
    }
  }

  async settle({ length, patience }: { length: number; patience: number }): Promise<void> {
    const settled = (): boolean =>
      this.connection.length >= length && (!this.toldOfStorage || this.storedCount >= this.own.length);
    if (settled()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting = null;
        reject(new Error(`only ${this.connection.length} of ${length} characters after ${patience} ms`));
      }, patience);
      this.waiting = () => {
        if (!settled()) return;
        this.waiting = null;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  take(): Promise<Recording> {
    const taken = this.recording;
    this.recording = { typed: [], seen: [], stored: [] };
    return Promise.resolve(taken);
  }

  now(): Promise<number> {
    return Promise.resolve(this.clock());
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private see(): void {
    const at = this.clock();
    const { length } = this.connection;
    for (; this.seenLength < length; this.seenLength++) this.recording.seen.push([this.seenLength, at]);
    this.waiting?.();
  }

  private store(count: number): void {
    const at = this.clock();
    for (; this.storedCount < count; this.storedCount++) {
      const keystroke = this.own[this.storedCount];
      if (keystroke !== undefined) this.recording.stored.push([keystroke, at]);
    }
    this.waiting?.();
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
