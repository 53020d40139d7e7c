import { decodeUpdateRow, isQuarantined, type UpdateRow } from '../../core/codec.ts';
import { putVersion, readVersions, removeVersion, type Version } from '../../core/history/versions.ts';
import {
  documentKind,
  fileDocumentId,
  NODE_ID_LENGTH,
  randomId,
  treeDocumentId,
  type RandomBytes,
} from '../../core/ids.ts';
import type { Outcome } from '../../core/failures.ts';
import type { Feed, FeedListener, RecentWork } from '../../core/ports.ts';
import { acceptStamp } from '../../core/stamps.ts';
import type * as Y from 'yjs';
import type {
  FileHistory,
  NewsOfFile,
  NewsOfProject,
  ProjectHistory,
  SavedChange,
  VersionMoment,
  WholeHistory,
} from './history-api.ts';
import type { Answer, Arguments, Desk, Method } from './history/desk.ts';
import { DocumentHistory } from './history/document-history.ts';
import { HistorySource, type SourceOptions } from './history/source.ts';
import { WholeProject } from './history/whole-project.ts';
import { Signal } from './signal.ts';

/** What the history of a project works with beside what the synchronisation does. */
export interface HistoryPorts {
  readonly snapshots: SourceOptions['snapshots'];
  readonly store: SourceOptions['store'];
  readonly desk: Desk;
  /** Who worked on what in the project since a moment of the server's clock, the newest first; `null`: the newest only. */
  readonly recentWork: (since: number | null) => Promise<Outcome<readonly RecentWork[]>>;
}

export interface HistoryOptions extends SourceOptions {
  /** Of the user; versions are named in it. */
  readonly author: () => string;
  readonly desk: Desk;
  readonly recentWork: HistoryPorts['recentWork'];
  readonly randomBytes: RandomBytes;
  /** Throws with a sentence for the user if the tree may not be changed. */
  readonly assertMayWrite: () => void;
  readonly report: (error: unknown) => void;
}

/** How often it is looked whether somebody has purged a history that is open. */
const LOOK_FOR_PURGES_MS = 20_000;

/** The histories of a project: read when somebody asks, then kept up to date with the rows that arrive. */
export class OpenHistory implements ProjectHistory {
  readonly versions = new Signal<readonly Version[]>([]);
  private readonly options: HistoryOptions;
  private readonly source: HistorySource;
  private readonly documents = new Map<string, DocumentHistory>();
  private readonly listeners = new Set<(change: SavedChange) => void>();
  private tree: Y.Doc | null = null;
  private project: WholeProject | null = null;
  private projectHandles = 0;
  private wasDown = false;
  private purgeTimer: ReturnType<typeof setInterval> | null = null;

  constructor(options: HistoryOptions) {
    this.options = options;
    this.source = new HistorySource(options);
  }

  /** Gives it the document of the tree, in which versions are. */
  follow(tree: Y.Doc): void {
    this.tree = tree;
    tree.getMap('versions').observeDeep(() => this.versions.set(readVersions(tree)));
    this.versions.set(readVersions(tree));
  }

  file(node: string): FileHistory {
    const document = this.open(node);
    let closed = false;
    return {
      id: node,
      state: document.state,
      ask: (method, ...args) => document.ask(method, ...args),
      retry: () => document.load(),
      close: () => {
        if (!closed) this.release(document);
        closed = true;
      },
    };
  }

  whole(): WholeHistory {
    const project = (this.project ??= new WholeProject({
      ...this.options,
      source: this.source,
      open: (node) => this.open(node),
      release: (document) => this.release(document),
    }));
    this.projectHandles++;
    let closed = false;
    const { desk } = this.options;
    return {
      state: project.state,
      ask: <M extends Method>(method: M, ...args: Arguments<M>): Promise<Answer<M>> => {
        for (const document of this.documents.values()) document.takeIn();
        return desk.ask(method, ...args);
      },
      retry: () => project.load(),
      close: () => {
        if (closed) return;
        closed = true;
        if (--this.projectHandles > 0) return;
        this.project?.close();
        this.project = null;
      },
    };
  }

  nameVersion(name: string, description: string, { node, row, time }: VersionMoment): void {
    const { author, randomBytes, now, assertMayWrite } = this.options;
    assertMayWrite();
    if (this.tree === null) throw new Error('The project is not loaded yet.');
    putVersion(this.tree, {
      id: randomId(randomBytes, NODE_ID_LENGTH),
      name,
      description: description.trim(),
      doc: node === null ? null : fileDocumentId(node),
      row,
      time,
      author: author(),
      createdAt: now(),
    });
  }

  removeVersion(id: string): void {
    this.options.assertMayWrite();
    if (this.tree !== null) removeVersion(this.tree, id);
  }

  async news(node: string, since: number | null): Promise<NewsOfFile> {
    const { project, log, snapshots, author } = this.options;
    const doc = fileDocumentId(node);
    const others = new Set<string>();
    let newest = 0;
    const rows: UpdateRow[] = [];
    const from = since === null ? {} : { since: new Date(since).toISOString() };
    const listed = await log.list({ project, doc, ...from }, (page) => rows.push(...page));
    if (!listed.ok) throw new Error(listed.message);
    const heads = await snapshots.list(project, doc, 1);
    if (!heads.ok) throw new Error(heads.message);
    const note = (by: string, time: number): void => {
      newest = Math.max(newest, time);
      if (since !== null && time > since && by !== author()) others.add(by);
    };
    for (const row of rows) {
      const entry = decodeUpdateRow(row, project, doc);
      if (!isQuarantined(entry)) note(entry.stamp.author, Date.parse(entry.createdAt));
    }
    const [head] = heads.value;
    // Who wrote what of it is in its segment; that somebody did is enough to look.
    if (head?.lastTime) for (const by of head.authors) note(by, Date.parse(head.lastTime));
    return { newest: newest === 0 ? null : newest, others: [...others] };
  }

  async newsOfProject(since: number | null): Promise<NewsOfProject> {
    const { author, recentWork } = this.options;
    const found = await recentWork(since);
    if (!found.ok) throw new Error(found.message);
    // Comments have marks of their own.
    const work = found.value.filter(({ doc }) => ['file', 'tree'].includes(documentKind(doc) ?? ''));
    const ofOthers = since === null ? [] : work.filter((each) => each.author !== author());
    return {
      newest: found.value[0]?.time ?? null,
      others: [...new Set(ofOthers.map((each) => each.author))],
      files: [...new Set(ofOthers.flatMap(({ doc }) => (documentKind(doc) === 'file' ? [doc.slice(1)] : [])))],
    };
  }

  /** The history of a file has been purged from here: what is open of it is read again. */
  purged(node: string): void {
    this.documents.get(fileDocumentId(node))?.load();
  }

  watch(listener: (change: SavedChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Listens in to a feed: rows that it brings go into the histories that are open. */
  overhear(feed: Feed): Feed {
    return {
      open: (project, listener) => feed.open(project, this.between(listener)),
      nudge: () => feed.nudge(),
    };
  }

  close(): void {
    this.project?.close();
    this.project = null;
    for (const document of this.documents.values()) document.close();
    this.documents.clear();
    this.lookForPurges();
    this.listeners.clear();
    this.options.desk.close();
  }

  private between(listener: FeedListener): FeedListener {
    return {
      live: () => {
        listener.live();
        // What was missed meanwhile is only on the server.
        if (this.wasDown) this.reread();
        this.wasDown = false;
      },
      down: (reason) => {
        this.wasDown = true;
        listener.down(reason);
      },
      update: (row) => {
        listener.update(row);
        this.heard(row);
      },
      presence: (row) => listener.presence(row),
      presenceGone: (id) => listener.presenceGone(id),
      project: (info) => listener.project(info),
      members: (change) => listener.members?.(change),
    };
  }

  private heard(row: UpdateRow): void {
    const { project } = this.options;
    if (row.project !== project) return;
    const document = this.documents.get(row.doc);
    const whole = row.doc === treeDocumentId(project) ? this.project : null;
    if (document || whole) {
      const entry = decodeUpdateRow(row, project, row.doc);
      if (isQuarantined(entry)) return;
      document?.take(entry);
      whole?.takeTree(entry);
    }
    const kind = documentKind(row.doc);
    if (this.listeners.size === 0 || (kind !== 'file' && kind !== 'tree')) return;
    // Who and when is all that is told: the update itself need not be read once more.
    const stamp = acceptStamp(row.permissions, project, row.doc);
    if ('invalid' in stamp) return;
    const node = kind === 'tree' ? null : row.doc.slice(1);
    const change = { node, author: stamp.author, time: Date.parse(row.createdAt) };
    for (const listener of this.listeners) listener(change);
  }

  private reread(): void {
    for (const document of this.documents.values()) document.load();
    this.project?.load();
  }

  private open(node: string): DocumentHistory {
    const doc = fileDocumentId(node);
    let document = this.documents.get(doc);
    if (document === undefined) {
      const { desk, report } = this.options;
      document = new DocumentHistory(doc, desk, this.source, report);
      this.documents.set(doc, document);
      document.load();
      this.lookForPurges();
    }
    document.handles++;
    return document;
  }

  private release(document: DocumentHistory): void {
    if (--document.handles > 0) return;
    this.documents.delete(document.doc);
    document.close();
    this.lookForPurges();
  }

  /** No event tells of a purge: as long as a history is open, the server is asked for all of the project at once. */
  private lookForPurges(): void {
    if (this.documents.size === 0) {
      if (this.purgeTimer !== null) clearInterval(this.purgeTimer);
      this.purgeTimer = null;
    } else {
      this.purgeTimer ??= setInterval(() => {
        this.rereadPurged().catch(this.options.report);
      }, LOOK_FOR_PURGES_MS);
    }
  }

  private async rereadPurged(): Promise<void> {
    const bases = await this.source.bases();
    if (!bases.ok) return;
    for (const document of this.documents.values()) document.rereadIfBased(bases.value.get(document.doc) ?? null);
  }
}
