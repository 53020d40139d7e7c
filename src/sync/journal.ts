/** How many entries are kept: the newest. */
const LENGTH = 100;

/** What happened, for the inspector: connections, failures, what was healed. Never any content. */
export interface JournalEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The document that it is about, if it is about one. */
  readonly doc: string | null;
  readonly what: string;
}

/** The last things that happened to the synchronisation of a project. */
export class Journal {
  private entries: readonly JournalEntry[] = [];
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  add(what: string, doc: string | null = null): void {
    this.entries = [...this.entries.slice(-LENGTH + 1), { at: this.now(), doc, what }];
  }

  /** Oldest first. */
  read(): readonly JournalEntry[] {
    return this.entries;
  }
}
