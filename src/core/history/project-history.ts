/**
 * The history of a project as a whole: its tree and the texts of its files, at a moment that is a time: that of the server's
 * clock, or `Infinity` for now.
 */
import { fileDocumentId } from '../ids.ts';
import type { LineEnding } from '../text.ts';
import type { TextHistory } from './text-history.ts';
import type { TreeHistory } from './tree-history.ts';
import { SESSION_GAP_MS } from './types.ts';
import { sessionsOf } from './sessions.ts';
import type { TreeNode } from '../tree.ts';

export interface ProjectHistory {
  readonly tree: TreeHistory;
  /** By node id; files that are not there count as empty. */
  readonly files: ReadonlyMap<string, TextHistory>;
}

/** A file of a project at a moment. */
export interface FileAt {
  /** Node id. */
  readonly node: string;
  readonly path: string;
  readonly lineEnding: LineEnding;
  /** The moment in its own history. */
  readonly position: number;
  /** Its text of then has been purged: nobody knows it any more, and what is at `position` is that of a later time. */
  readonly isPurged: boolean;
}

export type FileChangeKind = 'added' | 'deleted' | 'moved' | 'changed';

export interface FileChange {
  /** `moved` (or renamed) files can have changed as well; restored ones count as added, those in the trash as deleted. */
  readonly kind: FileChangeKind;
  readonly node: string;
  /** Paths before and after; `null` where it was not there. */
  readonly before: FileAt | null;
  readonly after: FileAt | null;
  /** Whether its text differs; false where one of the two has been purged, which `before` and `after` tell. */
  readonly textChanged: boolean;
}

/** The time of the newest saved change (epoch milliseconds by the server's clock); 0 where there is none. */
export function newestTime({ tree, files }: ProjectHistory): number {
  let newest = tree.timeAt(tree.length);
  for (const history of files.values()) newest = Math.max(newest, history.timeAt(history.length));
  return newest;
}

/** User ids of all who ever changed anything, in the order of their first change. */
export function authorsEver({ tree, files }: ProjectHistory): string[] {
  const first = new Map<string, number>();
  for (const history of [tree, ...files.values()]) {
    for (let position = 1; position <= history.length; position++) {
      const author = history.authorAt(position) ?? '';
      const time = history.timeAt(position);
      if (time < (first.get(author) ?? Infinity)) first.set(author, time);
    }
  }
  return [...first].sort((a, b) => a[1] - b[1] || compare(a[0], b[0])).map(([author]) => author);
}

/** All files at a time (epoch milliseconds), by path. */
export function filesAt({ tree, files }: ProjectHistory, time: number): FileAt[] {
  const found: FileAt[] = [];
  const visit = (nodes: readonly TreeNode[]): void => {
    for (const { id, kind, path, children, lineEnding } of nodes) {
      if (kind === 'file') found.push({ node: id, path, lineEnding, ...momentAt(files.get(id), time) });
      visit(children);
    }
  };
  visit(tree.treeAt(tree.positionAt(time)).roots);
  return found.sort((a, b) => compare(a.path, b.path));
}

function momentAt(history: TextHistory | undefined, time: number): Pick<FileAt, 'position' | 'isPurged'> {
  if (history === undefined) return { position: 0, isPurged: false };
  return { position: history.positionAt(time), isPurged: time < history.knownSince };
}

/** What differs between two times, by path. A file of which one text has been purged may differ, so it is among them. */
export function projectChanges(project: ProjectHistory, before: number, after: number): FileChange[] {
  const old = new Map(filesAt(project, before).map((file) => [file.node, file]));
  const young = new Map(filesAt(project, after).map((file) => [file.node, file]));
  const changes: FileChange[] = [];
  for (const [node, file] of young) {
    const was = old.get(node) ?? null;
    const isUnknown = (was?.isPurged ?? false) !== file.isPurged;
    const textChanged = was?.isPurged !== true && textAt(project, was) !== textAt(project, file);
    const kind = was === null ? 'added' : was.path !== file.path ? 'moved' : 'changed';
    if (kind !== 'changed' || textChanged || isUnknown)
      changes.push({ kind, node, before: was, after: file, textChanged });
  }
  for (const [node, file] of old) {
    if (young.has(node)) continue;
    changes.push({ kind: 'deleted', node, before: file, after: null, textChanged: textAt(project, file) !== '' });
  }
  return changes.sort((a, b) => compare((a.after ?? a.before)?.path ?? '', (b.after ?? b.before)?.path ?? ''));
}

/** The text of a file at its moment; empty for `null`, and where it has been purged. */
export function textAt({ files }: ProjectHistory, file: FileAt | null): string {
  return file === null || file.isPurged ? '' : (files.get(file.node)?.text(file.position) ?? '');
}

/** What one author did in one document without a longer pause. */
export interface Work {
  readonly author: string;
  /** Node id of the file; `null`: the tree. */
  readonly node: string | null;
  /** Id of the document. */
  readonly doc: string;
  readonly start: number;
  readonly end: number;
  /** Positions in the document's history. */
  readonly first: number;
  readonly last: number;
  readonly updates: number;
  readonly inserted: number;
  readonly deleted: number;
}

/** A time in which somebody worked on the project, with all who did; before and after it nobody did for longer than a pause. */
export interface ProjectSession {
  readonly start: number;
  readonly end: number;
  /** By start. */
  readonly work: readonly Work[];
  /** User ids, the one with the most changes first. */
  readonly authors: readonly string[];
}

/** Everything that was worked on: by author and document, in the order of the beginnings. */
export function workOf({ tree, files }: ProjectHistory, gap: number = SESSION_GAP_MS): Work[] {
  const works: Work[] = [];
  const add = (node: string | null, source: TreeHistory | TextHistory): void => {
    for (const { positions, ...session } of sessionsOf(source, gap)) {
      const doc = node === null ? '' : fileDocumentId(node);
      works.push({ ...session, node, doc, updates: positions.length });
    }
  };
  add(null, tree);
  for (const [node, history] of files) add(node, history);
  return works.sort((a, b) => a.start - b.start || compare(a.author, b.author) || compare(a.doc, b.doc));
}

/** The sessions of the whole project, oldest first: they do not overlap. */
export function projectSessions(project: ProjectHistory, gap: number = SESSION_GAP_MS): ProjectSession[] {
  const sessions: { start: number; end: number; work: Work[] }[] = [];
  for (const work of workOf(project, gap)) {
    const last = sessions.at(-1);
    if (last && work.start - last.end <= gap) {
      last.end = Math.max(last.end, work.end);
      last.work.push(work);
    } else sessions.push({ start: work.start, end: work.end, work: [work] });
  }
  return sessions.map((session) => ({ ...session, authors: byShare(session.work) }));
}

function byShare(works: readonly Work[]): string[] {
  const shares = new Map<string, number>();
  for (const { author, inserted, deleted, updates } of works) {
    shares.set(author, (shares.get(author) ?? 0) + inserted + deleted + updates);
  }
  return [...shares].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).map(([author]) => author);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
