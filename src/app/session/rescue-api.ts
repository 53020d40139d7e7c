/** Edits of the signed-in user that are on this device and not on the server. `DeviceRescue` is the real thing. */
import type { Outcome } from '../../core/failures.ts';
import type { TreeChangeKind, UnsentReason } from '../../core/rescue.ts';
import type { LineEnding } from '../../core/text.ts';

interface UnsentBase {
  /** Id of the document. */
  readonly doc: string;
  /** How many edits wait. */
  readonly edits: number;
  /** Epoch milliseconds of the oldest; `null` if that is not known. */
  readonly since: number | null;
  readonly reason: UnsentReason;
  /** Why, and what can be done, as a sentence. */
  readonly sentence: string;
}

export interface UnsentFile extends UnsentBase {
  readonly kind: 'file';
  /** From the top of the project; made up where the tree does not know the file. */
  readonly path: string;
}

/** New, renamed, moved or deleted files and folders. */
export interface UnsentTree extends UnsentBase {
  readonly kind: 'tree';
  readonly changes: readonly { readonly kind: TreeChangeKind; readonly path: string }[];
}

/** Comments and chat: they are kept and listed, and cannot be copied. */
export interface UnsentOther extends UnsentBase {
  readonly kind: 'review' | 'chat';
}

export type UnsentDocument = UnsentFile | UnsentTree | UnsentOther;

export interface UnsentProject {
  readonly id: string;
  readonly name: string;
  /** Files in the order of their paths, then the rest. */
  readonly documents: readonly UnsentDocument[];
}

/** A file as the user has it, with what it is compared with. */
export interface RescuedFile {
  /** Id of its document. */
  readonly doc: string;
  readonly path: string;
  /** LF only, as in the editor. */
  readonly mine: string;
  /** What `mine` is compared with: the server's text, or where that cannot be read `mine` without what was inserted. */
  readonly before: string;
  readonly comparedWith: 'server' | 'device';
  /** With which line ending it is exported. */
  readonly lineEnding: LineEnding;
  /** Some edits build upon what is not on this device, and cannot be shown. */
  readonly incomplete: boolean;
}

export interface CopyProgress {
  readonly sentence: string;
  /** From 0 to 1. */
  readonly done: number;
}

export interface Rescue {
  /** All that is unsent, by project; what the server turns out to have is left out. */
  list(): Promise<Outcome<readonly UnsentProject[]>>;
  /** How many edits cannot be sent any more, over all projects; 0 if this device cannot be read. */
  countStuck(): Promise<number>;
  /** How many edits of one project wait, whatever the reason, as this device knows; the server is not asked. */
  countIn(project: string): Promise<number>;
  /** A file with its unsent edits. */
  read(project: string, doc: string): Promise<Outcome<RescuedFile>>;
  /** The files among these documents of a project; with its tree also the empty files that the edits created. */
  readAll(project: string, docs: readonly string[]): Promise<Outcome<readonly RescuedFile[]>>;
  /**
   * Creates a project with these files; resolves to its id when everything is stored on the server. Only then are the
   * edits forgotten here; what cannot be copied is kept. After a failure, or when the tab is closed meanwhile, all of
   * them are still here.
   */
  copy(
    project: string,
    docs: readonly string[],
    name: string,
    progress: (progress: CopyProgress) => void,
  ): Promise<Outcome<string>>;
  /** Forgets edits, and reads the documents anew from the server when they are opened next. */
  discard(project: string, docs: readonly string[]): Promise<Outcome<void>>;
}
