import type { RollbackChoice } from '../../core/history/rollback.ts';
import type { Plan } from '../../core/history/plan.ts';

/** What is to be shown over the editor. Positions are those of the file's history, times epoch milliseconds. */
export type HistoryView =
  /** A moment of a file, beside another: by default what was before its session. */
  | {
      readonly kind: 'moment';
      readonly node: string;
      readonly position: number;
      readonly base: number | 'now';
      /** A text that is shown first, where it stands in one of the two. */
      readonly find?: string;
    }
  /** What bringing a moment back would change. */
  | { readonly kind: 'restore'; readonly node: string; readonly position: number }
  /** What taking somebody's changes back would change. */
  | { readonly kind: 'rollback'; readonly node: string; readonly choice: RollbackChoice; readonly title: string }
  /** What others did since a time. */
  | { readonly kind: 'absence'; readonly node: string; readonly since: number }
  /** What differs in the whole project between two times. */
  | {
      readonly kind: 'project';
      readonly before: number;
      readonly after: number;
      readonly title: string;
      /** What the moment before is called, where the one after it is now. */
      readonly since?: string;
    }
  /** What bringing the whole project back to a time would change; `name` says which moment that is. */
  | {
      readonly kind: 'project-restore';
      readonly time: number;
      readonly name: string;
      /** Node ids of what is ticked at first; default: all. */
      readonly nodes?: readonly string[];
    };

/** What is shown of the past of one file. */
export type FileView = Exclude<HistoryView, { kind: 'project' | 'project-restore' | 'absence' }>;

/** Asks to show a view of the history over the editor; `null` closes it. */
export class HistoryShowEvent extends CustomEvent<HistoryView | null> {
  constructor(view: HistoryView | null) {
    super('history-show', { detail: view, bubbles: true });
  }
}

export interface Application {
  readonly node: string;
  readonly plan: Plan;
  /** Indexes of the hunks that are meant. */
  readonly chosen: ReadonlySet<number>;
  /** What was done, as a sentence. */
  readonly done: string;
  /** Called with whether it is done: it could not be, or was taken back at once, otherwise. */
  readonly settled?: (isDone: boolean) => void;
}

/** Asks to carry out a plan in the editor. */
export class HistoryApplyEvent extends CustomEvent<Application> {
  constructor(application: Application) {
    super('history-apply', { detail: application, bubbles: true });
  }
}

/** Asks for the gutter that tells who wrote each line. */
export class BlameToggleEvent extends CustomEvent<boolean> {
  constructor(on: boolean) {
    super('blame-toggle', { detail: on, bubbles: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'history-show': HistoryShowEvent;
    'history-apply': HistoryApplyEvent;
    'blame-toggle': BlameToggleEvent;
  }
}
