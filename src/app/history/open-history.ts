import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type {
  FileHistory,
  HistoryState,
  ProjectHistory,
  ProjectOverview,
  WholeHistory,
} from '../session/history-api.ts';
import type { Overview } from '../session/history/workbench.ts';

/** A node id, `whole` for the project, or `null` for nothing. */
export type Wanted = { readonly node: string } | 'whole' | null;

/** Keeps the wanted history open as long as its host is in the document. */
export class OpenHistoryController implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly source: () => ProjectHistory | undefined;
  private readonly wanted: () => Wanted;
  private key: string | null = null;
  private from: ProjectHistory | null = null;
  private undo: (() => void) | null = null;
  file: FileHistory | null = null;
  whole: WholeHistory | null = null;

  constructor(host: ReactiveControllerHost, source: () => ProjectHistory | undefined, wanted: () => Wanted) {
    this.host = host;
    this.source = source;
    this.wanted = wanted;
    host.addController(this);
  }

  get fileState(): HistoryState<Overview> | null {
    return this.file?.state.value ?? null;
  }

  get wholeState(): HistoryState<ProjectOverview> | null {
    return this.whole?.state.value ?? null;
  }

  retry(): void {
    this.file?.retry();
    this.whole?.retry();
  }

  hostUpdate(): void {
    this.follow();
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.close();
  }

  private follow(): void {
    const wanted = this.wanted();
    const source = this.source() ?? null;
    const key = wanted === null || source === null ? null : wanted === 'whole' ? 'whole' : `file ${wanted.node}`;
    if (key === this.key && source === this.from) return;
    this.close();
    this.key = key;
    this.from = source;
    if (wanted === null || source === null) return;
    const opened = wanted === 'whole' ? (this.whole = source.whole()) : (this.file = source.file(wanted.node));
    this.undo = opened.state.subscribe(() => this.host.requestUpdate());
  }

  private close(): void {
    this.undo?.();
    this.file?.close();
    this.whole?.close();
    this.undo = null;
    this.file = null;
    this.whole = null;
    this.key = null;
    this.from = null;
  }
}
