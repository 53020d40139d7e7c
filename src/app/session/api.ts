/**
 * What the elements of the app work with. `openApp` in `app.ts` builds the real thing on `backend`, `store` and `sync`.
 */
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { StoredProject } from '../../core/compaction/storage.ts';
import type { Deletion } from '../../core/deletion.ts';
import type { Outcome } from '../../core/failures.ts';
import type { PresenceUser } from '../../core/presence.ts';
import type { StructStamps } from '../../core/review/stamped.ts';
import type { Role } from '../../core/roles.ts';
import type { StatusReport } from '../../core/status.ts';
import type { Person, Tree } from '../../core/tree.ts';
import type { SyncReport } from '../../sync/report.ts';
import type { AccountSettings } from './account-api.ts';
import type { ProjectHistory } from './history-api.ts';
import type { Rescue } from './rescue-api.ts';
import type { ProjectRestoring } from './restore-api.ts';
import type { Sharing } from './share-api.ts';

/** A value that changes; `subscribe` calls back after each change and returns the undo. */
export interface Observable<T> {
  readonly value: T;
  subscribe(listener: (value: T) => void): () => void;
}

export interface User {
  readonly id: string;
  readonly name: string;
  /** `#rrggbb`: the chosen one, else one that follows from the id. */
  readonly color: string;
  /** The user has chosen the colour: it is shown in every project, even where somebody else has it too. */
  readonly colorChosen?: boolean;
  /** The account is marked as that of a program, by the server. */
  readonly agent?: true;
  /** Signed in without e-mail. */
  readonly guest: boolean;
  /** Empty for a guest. */
  readonly email: string;
}

/** `unknown` until the first answer; without network the user that was signed in last counts as signed in. */
export type AccountState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly user: User }
  /** The server knows the session no more while projects are open: their edits stay on this device until `signIn`. */
  | { readonly kind: 'session-ended'; readonly user: User };

export interface ProjectSummary {
  readonly id: string;
  readonly name: string;
  /** ISO 8601, of its last change of name. */
  readonly updatedAt: string;
}

export interface App {
  readonly account: Observable<AccountState>;
  /** Projects of the user, by name; the last known ones at once, `null` until anything is known. */
  readonly projects: Observable<readonly ProjectSummary[] | null>;
  /** Projects that an owner has deleted, by name; `restoreProject` brings one back. Empty until known. */
  readonly deletedProjects: Observable<readonly ProjectSummary[]>;
  /** Why the list of projects may be out of date, as a sentence; `null` if it is fresh. */
  readonly projectsProblem: Observable<string | null>;
  /** Edits of the user that are on this device and not on the server. */
  readonly rescue: Rescue;
  /** Members and links of projects. */
  readonly sharing: Sharing;
  /** What concerns only the user. */
  readonly settings: AccountSettings;
  /** The project that everybody may join, where the server has one. */
  readonly demo: { readonly project: string; readonly name: string; readonly token: string } | null;

  signUp(name: string, email: string, password: string): Promise<Outcome<void>>;
  signIn(email: string, password: string): Promise<Outcome<void>>;
  continueAsGuest(name: string): Promise<Outcome<void>>;
  /** Edits of all projects of the user that are on this device only; `signOut` keeps them here, but does not send them. */
  unsentEdits(): Promise<number>;
  /** What a guest has on this device is deleted: nobody can come back for it. */
  signOut(): Promise<Outcome<void>>;
  rename(name: string): Promise<Outcome<void>>;

  refreshProjects(): Promise<void>;
  /** The user's role in a project, as this browser last knew it; `null` if it never did. */
  roleIn(project: string): Role | null;
  /** Resolves to the id of the new project. */
  createProject(name: string): Promise<Outcome<string>>;
  renameProject(id: string, name: string): Promise<Outcome<void>>;
  /** Owners only. The project disappears from everybody's list; `restoreProject` brings it back. */
  deleteProject(id: string): Promise<Outcome<void>>;
  restoreProject(id: string): Promise<Outcome<void>>;

  /** Joins by the token of an invite; resolves to the project and the role. */
  join(token: string): Promise<Outcome<{ project: string; role: Role }>>;

  /** Opens a project; resolves from this device alone if it was open here before. */
  openProject(id: string): Promise<Outcome<ProjectSession>>;
}

/** What has become of the user's membership while a project is open. */
export type AccessNotice =
  | { readonly kind: 'role-changed'; readonly from: Role; readonly to: Role }
  /** Nothing comes in and nothing goes out any more; what is not sent stays on this device. */
  | { readonly kind: 'removed' };

/** Someone who is in the project now: one a replica, so that two tabs of a person are two. */
export interface Participant {
  /** Yjs client id in the project's awareness. */
  readonly client: number;
  readonly user: PresenceUser;
  /** Node id of the file that is open there. */
  readonly file: string | null;
  readonly isMe: boolean;
}

export interface ProjectSession {
  readonly id: string;
  readonly name: Observable<string>;
  readonly user: User;
  readonly role: Observable<Role>;
  /** `null`: nothing has happened, or it was dismissed. */
  readonly notice: Observable<AccessNotice | null>;
  dismissNotice(): void;
  /** An owner has deleted the project: it can be read and not changed, until it is restored; `null`: it is there. */
  readonly deletion: Observable<Deletion | null>;
  /** Goes up when members come, go or change their roles. */
  readonly memberChanges: Observable<number>;
  readonly tree: Observable<Tree>;
  readonly participants: Observable<readonly Participant[]>;
  /** How the members call themselves who may write the tree, by user id. */
  readonly people: Observable<ReadonlyMap<string, Person>>;
  /** Of the whole project: the worst of its open documents. */
  readonly status: Observable<StatusReport>;
  readonly awareness: Awareness;
  /** The past of its files: loaded when somebody asks. */
  readonly history: ProjectHistory;
  /** Brings all of it back to an earlier moment. */
  readonly restoring: ProjectRestoring;
  /** The tree has been read from this device or the server: an empty tree is really empty. */
  readonly ready: Observable<boolean>;

  /** These throw with a sentence for the user if it cannot be done; ids are node ids. */
  createFile(name: string, parent: string | null, content?: string): string;
  createFolder(name: string, parent: string | null): string;
  rename(id: string, name: string): void;
  move(id: string, parent: string | null): void;
  delete(id: string): void;
  restore(id: string): void;

  /** Opens the text of a file; close it when its editor goes. Opening it twice gives two handles of one document. */
  openFile(id: string): FileSession;
  /**
   * Opens the comments and suggestions of a file, or with the id of the project the directory of them; close it when
   * nobody looks at it any more.
   */
  openReview(id: string): ReviewSession;
  /** The text of a file, open or not. Rejects with a sentence for the user if it cannot be had now. */
  readText(id: string): Promise<string>;
  /** The tree as it would be if nothing were in the trash. */
  treeWithTrash(): Tree;
  /**
   * Removes the history of a file from before a moment (ISO 8601); the text stays. Owners only. Resolves to how many
   * updates are gone. It cannot be undone.
   */
  purgeHistory(id: string, before: string): Promise<Outcome<number>>;
  /** What the documents of the project cost on the server, open or not. */
  storage(): Promise<Outcome<StoredProject>>;
  /** What open documents cost is counted again on the server; `inspect` says it soon. */
  recount(): void;
  /** How the synchronisation stands: for the status details and the inspector. */
  inspect(): SyncReport;
  /** Tries now what would be tried later anyway. */
  retry(): void;
  /** Resolves when everything is on this device. The session must not be used afterwards. */
  close(): Promise<void>;
}

/** The review document of a file: offline too, and reviewers may write it. */
export interface ReviewSession {
  /** Node id of the file. */
  readonly id: string;
  readonly doc: Y.Doc;
  /** Resolves when the content of this device is in `doc`. */
  readonly loaded: Promise<void>;
  /** All rows of the server were read. */
  readonly caughtUp: Observable<boolean>;
  /** Who wrote what is in `doc`, as far as rows prove it [STAMP-3]. */
  readonly stamps: StructStamps;
  close(): void;
}

export interface FileSession {
  readonly id: string;
  readonly doc: Y.Doc;
  /** LF only [EDIT-1]. */
  readonly text: Y.Text;
  /** Resolves when the content of this device is in `text`. */
  readonly loaded: Promise<void>;
  /** The content is known: it was on this device, or the server has been read. Until then an empty text means nothing. */
  readonly ready: Observable<boolean>;
  readonly status: Observable<StatusReport>;
  close(): void;
}
