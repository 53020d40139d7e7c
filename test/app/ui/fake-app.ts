import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type {
  AccessNotice,
  AccountState,
  App,
  FileSession,
  Participant,
  ProjectSession,
  ProjectSummary,
  ReviewSession,
  User,
} from '../../../src/app/session/api.ts';
import { Signal } from '../../../src/app/session/signal.ts';
import type { StoredProject } from '../../../src/core/compaction/storage.ts';
import type { Deletion } from '../../../src/core/deletion.ts';
import { failure, success, type Outcome } from '../../../src/core/failures.ts';
import { StructStamps } from '../../../src/core/review/stamped.ts';
import type { Role } from '../../../src/core/roles.ts';
import type { StatusReport } from '../../../src/core/status.ts';
import { normaliseNewlines } from '../../../src/core/text.ts';
import {
  createNode,
  deleteNode,
  moveNode,
  readTree,
  renameNode,
  restoreNode,
  type NodeKind,
  type Person,
  type Tree,
} from '../../../src/core/tree.ts';
import type { Interrupted, ProjectRestoring, Restored, RestoreWish } from '../../../src/app/session/restore-api.ts';
import type { SyncReport } from '../../../src/sync/report.ts';
import { FakeHistory } from './fake-history.ts';
import { FakeRescue } from './fake-rescue.ts';
import { FakeSettings, FakeSharing } from './fake-sharing.ts';

/** Subscriptions of the fakes that have not been undone. */
export const subscriptions = { open: 0 };

/** A signal that counts who listens. */
class CountingSignal<T> extends Signal<T> {
  override subscribe(listener: (value: T) => void): () => void {
    subscriptions.open++;
    const undo = super.subscribe(listener);
    let undone = false;
    return () => {
      if (!undone) subscriptions.open--;
      undone = true;
      undo();
    };
  }
}

export const ana: User = { id: 'ana', name: 'Ana Silva', color: '#c2410c', guest: true, email: '' };

export const SAVED: StatusReport = {
  status: 'saved',
  sentence: 'All edits are stored on the server.',
  pending: 0,
  unsafe: 0,
};

/** Of a project in which nothing is open and nothing has happened. */
export const SYNC_REPORT: SyncReport = {
  project: 'p',
  replica: 'r',
  role: 'editor',
  connection: { live: true, since: null, lostBecause: null, connects: 1, denied: null },
  budget: {
    updates: { lastMinute: 0, limit: null, learned: false },
    presence: { lastMinute: 0, limit: null, learned: false },
  },
  others: 0,
  documents: [],
  sending: [],
  journal: [],
};

/** A file whose states the test sets. */
export class FakeFile implements FileSession {
  readonly id: string;
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly loaded: Promise<void>;
  readonly ready: Signal<boolean>;
  readonly status = new CountingSignal(SAVED);
  readonly finishLoading: () => void;
  closed = false;

  constructor(id: string, doc: Y.Doc, ready: boolean, loaded: boolean) {
    this.id = id;
    this.doc = doc;
    this.text = doc.getText('text');
    this.ready = new CountingSignal(ready);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.loaded = promise;
    this.finishLoading = resolve;
    if (loaded) resolve();
  }

  close(): void {
    this.closed = true;
  }
}

/** A project in memory, on the real rules of the tree. */
export class FakeProject implements ProjectSession {
  readonly id = 'project1';
  readonly name = new CountingSignal('Weather station');
  readonly user = ana;
  readonly role = new CountingSignal<Role>('owner');
  readonly notice = new CountingSignal<AccessNotice | null>(null);
  readonly memberChanges = new CountingSignal(0);
  readonly deletion = new CountingSignal<Deletion | null>(null);
  readonly tree: Signal<Tree>;
  readonly participants = new CountingSignal<readonly Participant[]>([]);
  readonly people = new CountingSignal<ReadonlyMap<string, Person>>(new Map());
  readonly status = new CountingSignal<StatusReport>(SAVED);
  readonly awareness = new Awareness(new Y.Doc());
  readonly ready = new CountingSignal(true);
  readonly history = new FakeHistory(this.id, () => ana.id);
  /** What was asked to be brought back. */
  readonly restores: RestoreWish[] = [];
  readonly restored = new CountingSignal<Restored | null>(null);
  readonly restoreRuns = new CountingSignal(false);
  readonly interrupted = new CountingSignal<Interrupted | null>(null);
  readonly restoring: ProjectRestoring = {
    running: this.restoreRuns,
    interrupted: this.interrupted,
    leaveInterrupted: () => this.interrupted.set(null),
    last: this.restored,
    run: (wish) => {
      this.restores.push(wish);
      return Promise.resolve({ restored: wish.items.length, failed: [] });
    },
    dismiss: () => this.restored.set(null),
  };
  inspect = (): SyncReport => SYNC_REPORT;
  storage = (): Promise<Outcome<StoredProject>> =>
    Promise.resolve(success({ snapshots: new Map(), log: { counts: new Map(), isComplete: true } }));
  recounts = 0;
  recount = (): void => {
    this.recounts++;
  };
  /** What was asked to be purged. */
  readonly purges: string[] = [];
  purgeHistory = (id: string, before: string): Promise<Outcome<number>> => {
    this.purges.push(`${id} before ${before}`);
    return Promise.resolve(success(3));
  };
  readonly opened: FakeFile[] = [];
  retries = 0;
  closed = false;
  /** For files that are opened from now on. */
  filesReady = true;
  filesLoaded = true;
  private readonly doc = new Y.Doc();
  private readonly texts = new Map<string, Y.Doc>();
  /** Of review documents, by node id. */
  readonly stamps = new Map<string, StructStamps>();
  openReviews = 0;
  private nodes = 0;

  constructor() {
    this.tree = new CountingSignal(readTree(this.doc));
    this.doc.on('afterTransaction', () => this.tree.set(readTree(this.doc)));
  }

  openReview(id: string): ReviewSession {
    let open = true;
    this.openReviews++;
    const close = (): void => {
      if (open) this.openReviews--;
      open = false;
    };
    const stamps = this.stamps.get(id) ?? new StructStamps();
    this.stamps.set(id, stamps);
    const doc = this.textOf(`review ${id}`);
    return { id, doc, loaded: Promise.resolve(), caughtUp: new CountingSignal(true), stamps, close };
  }

  createFile(name: string, parent: string | null, content = ''): string {
    const id = this.create('file', name, parent);
    this.textOf(id).getText('text').insert(0, normaliseNewlines(content));
    return id;
  }

  createFolder(name: string, parent: string | null): string {
    return this.create('folder', name, parent);
  }

  rename(id: string, name: string): void {
    renameNode(this.doc, id, name);
  }

  move(id: string, parent: string | null): void {
    moveNode(this.doc, id, parent);
  }

  delete(id: string): void {
    deleteNode(this.doc, id, 1000 + this.nodes++);
  }

  restore(id: string): void {
    restoreNode(this.doc, id);
  }

  openFile(id: string): FakeFile {
    const file = new FakeFile(id, this.textOf(id), this.filesReady, this.filesLoaded);
    this.opened.push(file);
    return file;
  }

  readText(id: string): Promise<string> {
    return Promise.resolve(this.textOf(id).getText('text').toJSON());
  }

  treeWithTrash(): Tree {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.doc));
    for (const { id } of readTree(copy).trash) restoreNode(copy, id);
    return readTree(copy);
  }

  retry(): void {
    this.retries++;
  }

  dismissNotice(): void {
    this.notice.set(null);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  textOf(id: string): Y.Doc {
    const known = this.texts.get(id);
    if (known) return known;
    const doc = new Y.Doc();
    this.texts.set(id, doc);
    return doc;
  }

  private create(kind: NodeKind, name: string, parent: string | null): string {
    const count = this.nodes++;
    const id = `node${count}`;
    createNode(this.doc, { id, kind, name, parent, createdAt: count });
    return id;
  }
}

/** An app without a server: its answers are what the test sets. */
export class FakeApp implements App {
  readonly account = new CountingSignal<AccountState>({ kind: 'signed-out' });
  readonly projects = new CountingSignal<readonly ProjectSummary[] | null>([]);
  readonly deletedProjects = new CountingSignal<readonly ProjectSummary[]>([]);
  readonly roles = new Map<string, Role>();
  readonly projectsProblem = new CountingSignal<string | null>(null);
  demo: App['demo'] = null;
  readonly rescue = new FakeRescue();
  readonly sharing = new FakeSharing();
  readonly settings = new FakeSettings();
  readonly project = new FakeProject();
  readonly calls: string[] = [];
  unsent = 0;
  /** What every call but `join` answers; `null`: it works. */
  problem: Outcome<never> | null = null;
  joinAnswer: Awaited<ReturnType<App['join']>> = success({ project: 'project1', role: 'editor' });

  signUp(name: string, email: string, _password: string): Promise<Outcome<void>> {
    return this.enter(`signUp ${name} ${email}`, { ...ana, name, email, guest: false });
  }

  signIn(email: string, _password: string): Promise<Outcome<void>> {
    return this.enter(`signIn ${email}`, { ...ana, email, guest: false });
  }

  continueAsGuest(name: string): Promise<Outcome<void>> {
    return this.enter(`guest ${name}`, { ...ana, name });
  }

  unsentEdits(): Promise<number> {
    return Promise.resolve(this.unsent);
  }

  signOut(): Promise<Outcome<void>> {
    this.account.set({ kind: 'signed-out' });
    return this.answer('signOut', undefined);
  }

  rename(name: string): Promise<Outcome<void>> {
    return this.enter(`rename ${name}`, { ...ana, name });
  }

  roleIn(project: string): Role | null {
    return this.roles.get(project) ?? null;
  }

  refreshProjects(): Promise<void> {
    return Promise.resolve();
  }

  createProject(name: string): Promise<Outcome<string>> {
    return this.answer(`createProject ${name}`, 'project1');
  }

  renameProject(id: string, name: string): Promise<Outcome<void>> {
    return this.answer(`renameProject ${id} ${name}`, undefined);
  }

  deleteProject(id: string): Promise<Outcome<void>> {
    const before = this.projects.value ?? [];
    if (this.problem === null) this.projects.set(before.filter((project) => project.id !== id));
    return this.answer(`deleteProject ${id}`, undefined);
  }

  restoreProject(id: string): Promise<Outcome<void>> {
    return this.answer(`restoreProject ${id}`, undefined);
  }

  join(token: string): ReturnType<App['join']> {
    this.calls.push(`join ${token}`);
    return Promise.resolve(this.joinAnswer);
  }

  openProject(id: string): Promise<Outcome<ProjectSession>> {
    if (id !== this.project.id) return Promise.resolve(failure('not-found', 'There is no such project.'));
    return this.answer(`openProject ${id}`, this.project);
  }

  private enter(call: string, user: User): Promise<Outcome<void>> {
    if (this.problem === null) this.account.set({ kind: 'signed-in', user });
    return this.answer(call, undefined);
  }

  private answer<T>(call: string, value: T): Promise<Outcome<T>> {
    this.calls.push(call);
    return Promise.resolve(this.problem ?? success(value));
  }
}
