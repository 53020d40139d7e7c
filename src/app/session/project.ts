import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { StoredProject } from '../../core/compaction/storage.ts';
import { learnDeletion, type Deletion } from '../../core/deletion.ts';
import type { Outcome } from '../../core/failures.ts';
import { fileDocumentId, NODE_ID_LENGTH, randomId, treeDocumentId } from '../../core/ids.ts';
import type { PresenceUser } from '../../core/presence.ts';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { StatusReport } from '../../core/status.ts';
import { MAX_TEXT_BYTES } from '../../core/limits.ts';
import type { ProjectInfo } from '../../core/ports.ts';
import { detectLineEnding, isLongerThan, normaliseNewlines, splitText } from '../../core/text.ts';
import {
  createNode,
  deleteNode,
  moveNode,
  readPeople,
  readTree,
  renameNode,
  restoreNode,
  setLineEnding,
  setPerson,
  type NodeKind,
  type Person,
  type Tree,
} from '../../core/tree.ts';
import type { DocumentSync } from '../../sync/document-sync.ts';
import type { Environment } from '../../sync/environment.ts';
import { ProjectSync } from '../../sync/project-sync.ts';
import type { SyncReport } from '../../sync/report.ts';
import type { AccessWatch } from './access.ts';
import type { AccessNotice, FileSession, Observable, Participant, ProjectSession, ReviewSession, User } from './api.ts';
import { colorAmong } from './colors.ts';
import { OpenHistory, type HistoryPorts } from './history.ts';
import { OpenFile, type EmptyFiles } from './file-session.ts';
import { OpenReviews } from './open-reviews.ts';
import { readParticipants, sameParticipants } from './participants.ts';
import { RestoreNote } from './restore-note.ts';
import { Restoring } from './restoring.ts';
import { Signal } from './signal.ts';

export interface ProjectOptions {
  readonly environment: Omit<Environment, 'identity'>;
  readonly user: User;
  readonly role: Signal<Role>;
  readonly access: AccessWatch;
  readonly name: Observable<string>;
  readonly emptyFiles: EmptyFiles;
  readonly history: HistoryPorts;
  /** Removes the history of a document from before a moment. */
  readonly purgeHistory: (doc: string, before: string) => Promise<Outcome<number>>;
  /** What the documents cost on the server, open or not. */
  readonly storage: () => Promise<Outcome<StoredProject>>;
  /** The project is deleted, as far as this browser knows. */
  readonly deletion: Deletion | null;
  /** Runs when the session is closed, after everything is on the device. */
  readonly onClose: () => Promise<void>;
}

/** A project that is open in this tab: its documents, and what the elements show of them. */
export class OpenProject implements ProjectSession {
  readonly id: string;
  readonly name: Observable<string>;
  user: User;
  readonly role: Signal<Role>;
  readonly notice: Observable<AccessNotice | null>;
  readonly memberChanges: Observable<number>;
  readonly deletion: Signal<Deletion | null>;
  readonly tree: Signal<Tree>;
  readonly participants = new Signal<readonly Participant[]>([]);
  readonly people = new Signal<ReadonlyMap<string, Person>>(new Map());
  readonly status: Signal<StatusReport>;
  readonly ready = new Signal(false);
  readonly awareness: Awareness;
  readonly history: OpenHistory;
  readonly restoring: Restoring;
  private readonly options: ProjectOptions;
  private readonly sync: ProjectSync;
  private readonly treeSync: DocumentSync;
  private readonly files = new Map<string, Set<OpenFile>>();
  private readonly reviews: OpenReviews;
  private deletionKnownAt = 0;
  private treeLoaded = false;
  private closing: Promise<void> | null = null;

  constructor(options: ProjectOptions) {
    this.options = options;
    this.id = options.environment.project;
    this.name = options.name;
    this.user = options.user;
    this.role = options.role;
    this.notice = options.access.notice;
    this.memberChanges = options.access.memberChanges;
    this.deletion = new Signal(options.deletion);
    const identity = (): { author: string; role: Role } => ({ author: this.user.id, role: this.role.value });
    this.history = new OpenHistory({
      ...options.history,
      project: this.id,
      log: options.environment.log,
      now: () => options.environment.clock.now(),
      author: () => this.user.id,
      randomBytes: options.environment.randomBytes,
      assertMayWrite: () => this.assertMayWrite(),
      report: options.environment.report,
    });
    const feed = this.history.overhear(options.environment.feed);
    let refreshing = false;
    this.sync = new ProjectSync({ ...options.environment, feed, identity }, () => {
      // Many changes in one turn become one refresh.
      if (refreshing) return;
      refreshing = true;
      queueMicrotask(() => {
        refreshing = false;
        this.refresh();
      });
    });
    this.reviews = new OpenReviews(this.id, this.sync, options.history.snapshots, options.environment.report);
    this.sync.setDeleted(options.deletion !== null);
    this.treeSync = this.sync.openDocument(treeDocumentId(this.id));
    this.history.follow(this.treeSync.doc);
    this.tree = new Signal(readTree(this.treeSync.doc));
    this.status = new Signal(this.sync.status);
    this.restoring = new Restoring({
      history: this.history,
      tree: () => this.treeSync.doc,
      status: this.status,
      open: (node) => this.openHandle(node),
      opened: () => [...this.files.keys()],
      clock: options.environment.clock,
      note: new RestoreNote(this.user.id, this.id),
      assertMayWrite: () => this.assertMayWrite(),
    });
    this.treeSync.doc.on('afterTransaction', (transaction) => {
      if (transaction.changed.size > 0) this.treeChanged();
    });
    this.treeSync.loaded
      .then(() => {
        this.treeLoaded = true;
        this.refresh();
      })
      .catch(options.environment.report);

    this.awareness = this.sync.presence.awareness;
    this.awareness.on('change', () => this.participantsChanged());
    this.sync.presence.update({ user: this.shownAs(this.user.color), file: null });
    this.role.subscribe(() => this.refresh());
  }

  createFile(name: string, parent: string | null, content = ''): string {
    if (isLongerThan(content.length, () => content, MAX_TEXT_BYTES)) throw new Error('Files have at most 6 MB.');
    const id = this.createNode('file', name, parent);
    if (content === '') this.options.emptyFiles.add(id);
    else {
      if (detectLineEnding(content) === 'crlf') setLineEnding(this.treeSync.doc, id, 'crlf');
      const file = this.openHandle(id);
      let at = 0;
      // One update a chunk, so that each fits into a row.
      for (const chunk of splitText(normaliseNewlines(content))) {
        file.text.insert(at, chunk);
        at += chunk.length;
      }
      file.loaded.then(() => file.close()).catch(this.options.environment.report);
    }
    return id;
  }

  createFolder(name: string, parent: string | null): string {
    return this.createNode('folder', name, parent);
  }

  rename(id: string, name: string): void {
    this.assertMayWrite();
    renameNode(this.treeSync.doc, id, name);
  }

  move(id: string, parent: string | null): void {
    this.assertMayWrite();
    moveNode(this.treeSync.doc, id, parent);
  }

  delete(id: string): void {
    this.assertMayWrite();
    deleteNode(this.treeSync.doc, id, Date.now());
  }

  restore(id: string): void {
    this.assertMayWrite();
    restoreNode(this.treeSync.doc, id);
  }

  openFile(id: string): FileSession {
    this.sync.presence.update({ file: id });
    return this.openHandle(id);
  }

  openReview(id: string): ReviewSession {
    return this.reviews.openReview(id);
  }

  async readText(id: string): Promise<string> {
    const file = this.openHandle(id);
    try {
      await file.loaded;
      // What is deleted is still on the server.
      await isReady(file, () => this.deletion.value !== null && this.sync.live);
      return file.text.toJSON();
    } finally {
      file.close();
    }
  }

  treeWithTrash(): Tree {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.treeSync.doc));
    for (const { id } of readTree(copy).trash) restoreNode(copy, id);
    const tree = readTree(copy);
    copy.destroy();
    return tree;
  }

  async purgeHistory(id: string, before: string): Promise<Outcome<number>> {
    const doc = fileDocumentId(id);
    const purged = await this.options.purgeHistory(doc, before);
    // After a failure it may have been done in part.
    this.history.purged(id);
    this.sync.recount(doc);
    return purged;
  }

  storage(): Promise<Outcome<StoredProject>> {
    return this.options.storage();
  }

  recount(): void {
    this.sync.recount();
  }

  inspect(): SyncReport {
    return this.sync.report;
  }

  dismissNotice(): void {
    this.options.access.dismissNotice();
  }

  /** The user has another name or colour now. */
  setUser(user: User): void {
    this.user = user;
    this.sync.presence.update({ user: this.shownAs(this.colorHere(user.color)) });
    this.refresh();
  }

  retry(): void {
    this.sync.nudge();
  }

  /** The person has turned to something else: what waits goes now. */
  sendNow(): void {
    this.sync.sendNow();
  }

  /** The tab is hidden or shown. */
  setHidden(hidden: boolean): void {
    this.sync.setHidden(hidden);
  }

  /** What the row of the project says; one that is older than what is known changes nothing. */
  heardOf(info: Omit<ProjectInfo, 'name'>): void {
    const known = { deletion: this.deletion.value, knownAt: this.deletionKnownAt };
    const { deletion, knownAt } = learnDeletion(known, info);
    this.deletionKnownAt = knownAt;
    if (JSON.stringify(deletion) !== JSON.stringify(known.deletion)) this.deletion.set(deletion);
    this.sync.setDeleted(deletion !== null);
  }

  /** The user may not go on here: says why, and keeps what is not sent. */
  deny(reason: string): void {
    this.sync.deny(reason);
  }

  /** The page is being closed or put aside: everything goes to the device and on its way, others see it leave. */
  leave(): void {
    this.sync.leave();
    this.sync.flush().catch(this.options.environment.report);
  }

  close(): Promise<void> {
    this.restoring.close();
    this.history.close();
    this.closing ??= this.sync.close().then(() => this.options.onClose());
    return this.closing;
  }

  private openHandle(id: string): OpenFile {
    const document = this.sync.openDocument(fileDocumentId(id));
    const handles = this.files.get(id) ?? new Set();
    this.files.set(id, handles);
    const file = new OpenFile(id, document, this.options.emptyFiles, () => this.closeHandle(file));
    handles.add(file);
    return file;
  }

  private closeHandle(file: OpenFile): void {
    const handles = this.files.get(file.id);
    handles?.delete(file);
    if (handles?.size !== 0) return;
    this.files.delete(file.id);
    this.sync.closeDocument(fileDocumentId(file.id)).catch(this.options.environment.report);
    if (this.sync.presence.awareness.getLocalState()?.['file'] === file.id) {
      this.sync.presence.update({ file: null, selection: null });
    }
  }

  private createNode(kind: NodeKind, name: string, parent: string | null): string {
    this.assertMayWrite();
    const id = randomId(this.options.environment.randomBytes, NODE_ID_LENGTH);
    createNode(this.treeSync.doc, { id, kind, name, parent, createdAt: Date.now() });
    return id;
  }

  private assertMayWrite(): void {
    if (this.deletion.value !== null) throw new Error('This project is deleted: it cannot be changed.');
    if (!mayWrite(this.role.value, 'tree')) throw new Error(`As a ${this.role.value} you cannot change the files.`);
  }

  private treeChanged(): void {
    this.tree.set(readTree(this.treeSync.doc));
    this.participantsChanged();
  }

  private participantsChanged(): void {
    const people = readPeople(this.treeSync.doc);
    if (!samePeople(people, this.people.value)) this.people.set(people);
    const participants = readParticipants(this.awareness, people);
    if (!sameParticipants(participants, this.participants.value)) this.participants.set(participants);
  }

  private refresh(): void {
    if (this.closing) return;
    this.status.set(forReviewers(this.sync.status, this.role.value));
    for (const handles of this.files.values()) for (const file of handles) file.refresh();
    this.reviews.refresh();
    const known = this.treeSync.doc.store.clients.size > 0;
    if (this.treeLoaded && (this.treeSync.isCaughtUp || known)) this.ready.set(true);
    if (this.treeSync.isCaughtUp && this.treeSync.mayWrite) this.introduce();
  }

  /** A chosen colour counts everywhere; otherwise each project gives one that nobody else there has. */
  private colorHere(otherwise: string): string {
    return this.user.colorChosen === true ? this.user.color : otherwise;
  }

  /** Enters the user among the people of the project, in a colour of its own. */
  private introduce(): void {
    const color = this.colorHere(colorAmong(readPeople(this.treeSync.doc), this.user.id));
    const { id, ...person } = this.shownAs(color);
    setPerson(this.treeSync.doc, id, person);
    const shown = this.awareness.getLocalState()?.['user'] as PresenceUser | undefined;
    if (shown?.color !== color) this.sync.presence.update({ user: { id, ...person } });
  }

  /** What others are told of the user. */
  private shownAs(color: string): PresenceUser {
    const { id, name, agent } = this.user;
    return agent === true ? { id, name, color, agent } : { id, name, color };
  }
}

/** Reviewers cannot write files, but comments: the sentence says so. */
function forReviewers(report: StatusReport, role: Role): StatusReport {
  const isReviewer = mayWrite(role, 'review') && !mayWrite(role, 'file');
  if (report.status !== 'read-only' || !isReviewer) return report;
  return { ...report, sentence: 'You can read and comment, but not change the files.' };
}

function samePeople(a: ReadonlyMap<string, Person>, b: ReadonlyMap<string, Person>): boolean {
  return JSON.stringify([...a]) === JSON.stringify([...b]);
}

/** Resolves when the content is known; rejects with a sentence when it is not on this device and cannot be read now. */
function isReady({ ready, status }: OpenFile, isReadable: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const undo: (() => void)[] = [];
    const look = (): void => {
      const now = status.value.status;
      const unreachable = now === 'offline' || ((now === 'failed' || now === 'deleted') && !isReadable());
      if (!ready.value && !unreachable) return;
      for (const stop of undo) stop();
      if (ready.value) resolve();
      else reject(new Error('This file is not on this device yet. Try again when you are back online.'));
    };
    undo.push(ready.subscribe(look), status.subscribe(look));
    look();
  });
}
