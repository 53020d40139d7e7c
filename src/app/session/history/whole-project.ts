import type { LogEntry } from '../../../core/codec.ts';
import { treeDocumentId } from '../../../core/ids.ts';
import type { HistoryState, ProjectOverview } from '../history-api.ts';
import { Signal } from '../signal.ts';
import type { Desk } from './desk.ts';
import { settled, type DocumentHistory } from './document-history.ts';
import type { HistorySource } from './source.ts';

/** Files whose history is read at a time for the whole project. */
const PARALLEL = 4;

interface WholeOptions {
  readonly project: string;
  readonly desk: Desk;
  readonly report: (error: unknown) => void;
  readonly source: HistorySource;
  readonly open: (node: string) => DocumentHistory;
  readonly release: (document: DocumentHistory) => void;
}

/** The histories of all files of a project, and of its tree. */
export class WholeProject {
  readonly state = new Signal<HistoryState<ProjectOverview>>({ kind: 'loading', done: 0, total: 0 });
  private readonly options: WholeOptions;
  private readonly documents = new Map<string, DocumentHistory>();
  private readonly undo: (() => void)[] = [];
  private readonly early: LogEntry[] = [];
  private hasTree = false;
  private revision = 0;
  private keptAt: number | null = null;
  private isTreeDamaged = false;
  private loading = false;
  private closed = false;

  constructor(options: WholeOptions) {
    this.options = options;
    this.load();
  }

  load(): void {
    if (this.loading || this.closed) return;
    this.loading = true;
    this.read()
      .catch((error: unknown) => this.fail(false, error instanceof Error ? error.message : String(error)))
      .finally(() => (this.loading = false));
  }

  takeTree(entry: LogEntry): void {
    // What comes while the tree is being read may be missing in what is read.
    if (!this.hasTree) this.early.push(entry);
    else this.options.desk.ask('appendTree', [entry]).then((files) => this.follow(files), this.options.report);
  }

  close(): void {
    this.closed = true;
    for (const undo of this.undo.splice(0)) undo();
    for (const document of this.documents.values()) this.options.release(document);
    this.documents.clear();
  }

  private async read(): Promise<void> {
    const { source, desk, project } = this.options;
    const doc = treeDocumentId(project);
    const had = this.hasTree;
    this.hasTree = false;
    const gathered = await source.gather(doc, () => undefined);
    // What is here already is newer than what this device kept.
    const isOlder = had && (!gathered.ok || gathered.value.keptAt !== null);
    if (!isOlder && !gathered.ok) return this.fail(gathered.kind === 'offline', gathered.message);
    if (!isOlder && gathered.ok) {
      this.keptAt = gathered.value.keptAt;
      await source.work(gathered.value.material, (material) => desk.ask('openTree', doc, material));
      this.isTreeDamaged = await desk.ask('isDamaged', doc);
    }
    this.hasTree = true;
    await this.follow(await desk.ask('appendTree', this.early.splice(0)));
  }

  /** Opens the files that are not open yet, a few at a time. */
  private async follow(files: readonly string[]): Promise<void> {
    const { length } = files;
    const missing = files.filter((node) => !this.documents.has(node));
    let done = length - missing.length;
    const work = async (): Promise<void> => {
      for (let node = missing.shift(); node !== undefined && !this.closed; node = missing.shift()) {
        const document = this.options.open(node);
        this.documents.set(node, document);
        await settled(document.state);
        done++;
        if (this.state.value.kind !== 'ready') this.state.set({ kind: 'loading', done, total: length });
        this.undo.push(document.state.subscribe(() => this.changed(files)));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    this.changed(files);
  }

  private changed(files: readonly string[]): void {
    if (this.closed) return;
    const states = [...this.documents.values()].map(({ state }) => state.value);
    const missing = states.flatMap((state) => (state.kind === 'failed' ? [state.message] : []));
    const kept = states.flatMap((state) => (state.kind === 'ready' && state.keptAt !== null ? [state.keptAt] : []));
    if (this.keptAt !== null) kept.push(this.keptAt);
    this.revision++;
    const isDamaged = this.isTreeDamaged || states.some((state) => state.kind === 'ready' && state.overview.isDamaged);
    const overview = { revision: this.revision, files, missing, isDamaged };
    this.state.set({ kind: 'ready', overview, keptAt: kept.length === 0 ? null : Math.min(...kept) });
  }

  private fail(offline: boolean, message: string): void {
    if (this.closed || this.state.value.kind === 'ready') return;
    this.state.set({ kind: 'failed', offline, message });
  }
}
