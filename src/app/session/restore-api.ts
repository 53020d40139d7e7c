/** What the elements know of bringing a whole project back to a moment. `restoring.ts` does it. */
import type { RestoreItem } from '../../core/history/project-restore.ts';
import type { Observable } from './api.ts';

export interface RestoreWish {
  /** Epoch milliseconds by the server's clock. */
  readonly time: number;
  /** Which moment that is, in words. */
  readonly name: string;
  readonly items: readonly RestoreItem[];
}

export interface RestoreResult {
  /** Files and folders that are again as they were. */
  readonly restored: number;
  /** Those that are not, with the reason as a sentence. */
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/** A restore that began and did not end: the page was left. */
export interface Interrupted {
  /** What it was to be restored to, by the server's clock. */
  readonly time: number;
  readonly name: string;
  /** The moment right before it; it is a version as well. */
  readonly before: number;
  /** Node ids of what was to be brought back. */
  readonly nodes: readonly string[];
}

/** A restore that was carried out. */
export interface Restored extends RestoreResult {
  readonly name: string;
  /** Epoch milliseconds, by the clock of this device. */
  readonly at: number;
  /** The moment right before it, by the server's clock; it is a version as well. */
  readonly before: number;
  /**
   * Takes back exactly what it did and keeps what was done since, also without network; resolves to how many texts and
   * trees changed. `null`: it was too much, or too long ago; the version brings that moment back.
   */
  readonly undo: (() => void) | null;
}

export interface ProjectRestoring {
  /** One is being carried out: whoever leaves the page now leaves it half done. */
  readonly running: Observable<boolean>;
  /** One that this browser began and did not end; `null`: none, or another one has ended since. */
  readonly interrupted: Observable<Interrupted | null>;
  /** The last one on this page; `null`: none, or it was taken back. */
  readonly last: Observable<Restored | null>;
  /**
   * Brings the items back, as edits of the user. The moment before it becomes a version. Rejects with a sentence for the user
   * if nothing was done; what could be done only in part is told in the result.
   *
   * @param progress called with how many texts are done, of how many
   * @param stop ends it after the texts that are being brought back
   */
  run(wish: RestoreWish, progress: (done: number, total: number) => void, stop: AbortSignal): Promise<RestoreResult>;
  /** The user does not want to be told of the last one any more. */
  dismiss(): void;
  /** What was interrupted is to stay as it is. */
  leaveInterrupted(): void;
}
