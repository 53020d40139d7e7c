import type { LogEntry } from '../../../core/codec.ts';
import type { Observable } from '../api.ts';
import type { FileArguments, FileMethod, HistoryState } from '../history-api.ts';
import { Signal } from '../signal.ts';
import type { Answer, Arguments, Desk } from './desk.ts';
import { baseOf, type HistorySource } from './source.ts';
import type { Overview } from './workbench.ts';

/** Rows that come at once are appended at once. */
const GATHER_MS = 250;

/** The history of one text on the desk. */
export class DocumentHistory {
  readonly doc: string;
  readonly state = new Signal<HistoryState<Overview>>({ kind: 'loading', done: 0, total: 0 });
  handles = 0;
  private readonly desk: Desk;
  private readonly source: HistorySource;
  private readonly report: (error: unknown) => void;
  private isBuilt = false;
  /** What it was built from begins with this base; `null`: nothing of it was purged. */
  private base: string | null = null;
  private loading = false;
  private again = false;
  private closed = false;
  private arrived: LogEntry[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(doc: string, desk: Desk, source: HistorySource, report: (error: unknown) => void) {
    this.doc = doc;
    this.desk = desk;
    this.source = source;
    this.report = report;
  }

  ask<M extends FileMethod>(method: M, ...args: FileArguments<M>): Promise<Answer<M>> {
    this.takeIn();
    return this.desk.ask(method, ...([this.doc, ...args] as unknown as Arguments<M>));
  }

  /** What has arrived comes before the next question: an answer of a moment ago would undo what was saved since. */
  takeIn(): void {
    if (!this.loading) this.flush();
  }

  /** Reads it from the server, or from this device where the server cannot be reached. */
  load(): void {
    if (this.closed) return;
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    if (this.state.value.kind !== 'ready') this.state.set({ kind: 'loading', done: 0, total: 0 });
    this.read()
      .catch((error: unknown) => this.fail(false, error instanceof Error ? error.message : String(error)))
      .finally(() => {
        this.loading = false;
        if (this.again) {
          this.again = false;
          this.load();
        } else this.flush();
      });
  }

  /** Reads it again if the server has another base by now. */
  rereadIfBased(base: string | null): void {
    const { value } = this.state;
    // What this device kept is read again when the server can be reached.
    if (this.loading || value.kind !== 'ready' || value.keptAt !== null || base === this.base) return;
    this.load();
  }

  /** A row that the feed brought. */
  take(entry: LogEntry): void {
    this.arrived.push(entry);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (!this.loading) this.flush();
    }, GATHER_MS);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.isBuilt) this.desk.ask('forget', this.doc).catch(() => undefined);
  }

  private async read(): Promise<void> {
    const gathered = await this.source.gather(this.doc, (done, total) => {
      if (this.state.value.kind === 'loading') this.state.set({ kind: 'loading', done, total });
    });
    if (this.closed) return;
    if (!gathered.ok) return this.fail(gathered.kind === 'offline', gathered.message);
    const { material, keptAt } = gathered.value;
    // What is here already is newer than what this device kept.
    if (keptAt !== null && this.isBuilt) return;
    const overview = await this.source.work(material, (given) => this.desk.ask('open', this.doc, given));
    this.isBuilt = true;
    this.base = baseOf(material.records);
    if (!this.isClosed) this.state.set({ kind: 'ready', overview, keptAt });
  }

  private get isClosed(): boolean {
    return this.closed;
  }

  private fail(offline: boolean, message: string): void {
    if (this.closed || this.state.value.kind === 'ready') return;
    this.state.set({ kind: 'failed', offline, message });
  }

  private flush(): void {
    if (this.arrived.length === 0 || !this.isBuilt || this.closed) return;
    const entries = this.arrived.splice(0);
    this.desk.ask('append', this.doc, entries).then((overview) => {
      const { value } = this.state;
      const keptAt = value.kind === 'ready' ? value.keptAt : null;
      if (!this.closed) this.state.set({ kind: 'ready', overview, keptAt });
    }, this.report);
  }
}

/** Resolves when a history is no longer loading. */
export function settled(state: Observable<HistoryState<unknown>>): Promise<void> {
  return new Promise((resolve) => {
    if (state.value.kind !== 'loading') return resolve();
    const undo = state.subscribe(({ kind }) => {
      if (kind === 'loading') return;
      undo();
      resolve();
    });
  });
}
