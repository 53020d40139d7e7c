/** What the elements know of the history of a project. `history.ts` builds it. */
import type { Version } from '../../core/history/versions.ts';
import type { Observable } from './api.ts';
import type { Answer, Arguments, Method } from './history/desk.ts';
import type { Overview } from './history/workbench.ts';

/** How far the history of something is known. */
export type HistoryState<T> =
  | {
      readonly kind: 'loading';
      /** Parts that are read, of how many; `total` 0: not known yet. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'ready';
      readonly overview: T;
      /** Epoch milliseconds: it ends there, since the server could not be read after that. `null`: up to now. */
      readonly keptAt: number | null;
    }
  | { readonly kind: 'failed'; readonly offline: boolean; readonly message: string };

/** Questions that are about one document: their first argument is left out. */
export type FileMethod = {
  [M in Method]: Arguments<M> extends [doc: string, ...rest: infer _] ? M : never;
}[Method];

export type FileArguments<M extends FileMethod> = Arguments<M> extends [doc: string, ...rest: infer R] ? R : never;

/** The history of one file, up to date until it is closed. */
export interface FileHistory {
  /** Node id. */
  readonly id: string;
  readonly state: Observable<HistoryState<Overview>>;
  /** Rejects with a sentence for the user; ask when it is `ready`. */
  ask<M extends FileMethod>(method: M, ...args: FileArguments<M>): Promise<Answer<M>>;
  /** Reads the server again. */
  retry(): void;
  close(): void;
}

/** What there is of the whole project. */
export interface ProjectOverview {
  /** Goes up with each change, so that what was asked can be asked anew. */
  readonly revision: number;
  /** Node ids of all files that there ever were. */
  readonly files: readonly string[];
  /** Of those whose history could not be read, in words. */
  readonly missing: readonly string[];
  /** A part of the history of one of them, or of the tree, is damaged. */
  readonly isDamaged: boolean;
}

/** The history of all files of a project, deleted ones among them, and of its tree. */
export interface WholeHistory {
  readonly state: Observable<HistoryState<ProjectOverview>>;
  ask<M extends Method>(method: M, ...args: Arguments<M>): Promise<Answer<M>>;
  retry(): void;
  close(): void;
}

/** What others did to a file since a moment. */
export interface NewsOfFile {
  /** Epoch milliseconds by the server's clock: the newest saved change; `null` where there is none. */
  readonly newest: number | null;
  /** User ids of others who changed it since. */
  readonly others: readonly string[];
}

/** What others did in the whole project since a moment. */
export interface NewsOfProject {
  /** Epoch milliseconds by the server's clock: the newest saved change; `null` where there is none. */
  readonly newest: number | null;
  /** User ids of others who changed files or the tree since. */
  readonly others: readonly string[];
  /** Node ids of the files that they changed. */
  readonly files: readonly string[];
}

export interface ProjectHistory {
  /** Opening it twice loads it once. */
  file(node: string): FileHistory;
  whole(): WholeHistory;

  /** Moments with a name, of the project and of its files; the newest first. */
  readonly versions: Observable<readonly Version[]>;
  /**
   * Names a moment. Throws with a sentence for the user if it cannot be done.
   *
   * @param moment `node` `null`: of the whole project; `row` the last update that belongs to it
   */
  nameVersion(name: string, description: string, moment: VersionMoment): void;
  /** Forgets the name; the history stays as it is. */
  removeVersion(id: string): void;

  /** Asks the server, with two small requests, what is new since a time; rejects with a sentence if it cannot be told. */
  news(node: string, since: number | null): Promise<NewsOfFile>;
  /** The same of the whole project, with two small requests as well. */
  newsOfProject(since: number | null): Promise<NewsOfProject>;
  /** A row of a file, or of the tree, was saved while this page listened. Returns the undo. */
  watch(listener: (change: SavedChange) => void): () => void;
}

export interface VersionMoment {
  readonly node: string | null;
  readonly row: string | null;
  /** Epoch milliseconds by the server's clock. */
  readonly time: number;
}

export interface SavedChange {
  /** `null`: the tree. */
  readonly node: string | null;
  readonly author: string;
  readonly time: number;
}
