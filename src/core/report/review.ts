/** What a report of a period says, as data: markdown.ts and html.ts write it. */
import {
  newestTime,
  projectChanges,
  projectSessions,
  textAt,
  type FileAt,
  type FileChange,
  type ProjectHistory,
} from '../history/project-history.ts';
import { diffLists } from '../history/text-diff.ts';
import type { Names } from './people.ts';

/** A comment as the caller knows it; the review documents are no part of this. */
export interface ReportComment {
  /** Node id of the file, where the thread is about one. */
  readonly file: string | null;
  /** From 0; `null` where it is not known any more. */
  readonly line: number | null;
  /** The text that it is about. */
  readonly quote: string;
  readonly author: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly text: string;
  /** What it proposes to put in the place of `quote`; `null`: nothing. */
  readonly proposed: string | null;
  /** How it ended, and the user id of who ended it; `null`: it is open. */
  readonly end: { readonly kind: 'resolved' | 'accepted' | 'declined'; readonly by: string } | null;
  readonly replies: readonly { readonly author: string; readonly time: number; readonly text: string }[];
}

export interface ReportOptions {
  readonly title: string;
  readonly project: ProjectHistory;
  /** The period, epoch milliseconds: what is after `from` (0: from the beginning on), up to and with `to` (`Infinity`: now). */
  readonly from: number;
  readonly to: number;
  readonly names: Names;
  /** Those of the period, in the order to show; default: none. */
  readonly comments?: readonly ReportComment[];
}

export interface Report {
  readonly title: string;
  /** 0: the beginning. */
  readonly from: number;
  /** Where nothing limits it: the newest known change; 0 if there is none. */
  readonly to: number;
  /** The one who wrote and deleted most first. */
  readonly people: readonly Contribution[];
  readonly sessions: readonly ReportSession[];
  readonly files: readonly ReportFile[];
  readonly comments: readonly ReportThread[];
}

export interface Contribution {
  readonly name: string;
  readonly inserted: number;
  readonly deleted: number;
  readonly updates: number;
  /** Paths, or names of what has none any more. */
  readonly files: readonly string[];
}

export interface ReportSession {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
  readonly files: readonly string[];
  readonly inserted: number;
  readonly deleted: number;
}

export interface ReportFile {
  readonly path: string;
  /** In words: `added`, `moved from a.ts`, … */
  readonly change: string;
  readonly hunks: readonly LineHunk[];
}

/** A place of a file where lines differ, with some lines around it. */
export interface LineHunk {
  /** First lines, from 1. */
  readonly before: number;
  readonly after: number;
  readonly removed: number;
  readonly inserted: number;
  readonly lines: readonly ReportLine[];
  /** All who have a part in it. */
  readonly names: readonly string[];
}

export interface ReportLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** Who wrote an added line; who deleted from a removed one. */
  readonly names: readonly string[];
}

export interface ReportThread {
  readonly path: string | null;
  readonly line: number | null;
  readonly quote: string;
  readonly proposed: string | null;
  /** How it ended and who ended it, in words; `null`: it is open. */
  readonly end: string | null;
  /** The comment and its replies. The text of the first is empty where a proposal speaks for itself. */
  readonly messages: readonly { readonly name: string; readonly time: number; readonly text: string }[];
}

const CONTEXT_LINES = 2;

export function buildReport({ title, project, from, to, names, comments = [] }: ReportOptions): Report {
  const paths = new Map([...filesAtBoth(project, from, to)].map((file) => [file.node, file.path]));
  const pathOf = (node: string | null): string =>
    node === null ? 'files and folders' : (paths.get(node) ?? deletedPath(project, node));
  return {
    title,
    from,
    to: to === Infinity ? Math.max(from, newestTime(project)) : to,
    people: peopleOf(project, from, to, names, pathOf, comments),
    sessions: sessionsOf(project, from, to, names, pathOf),
    files: projectChanges(project, from, to).map((change) => ({
      path: (change.after ?? change.before)?.path ?? '',
      change: changeText(change),
      hunks: isTextGone(change) ? [] : hunksOf(project, known(change.before), change.after, names),
    })),
    comments: comments.map(({ file, line, quote, proposed, end, replies, ...first }) => ({
      path: file === null ? null : pathOf(file),
      line,
      quote,
      proposed,
      end: end === null ? null : `${end.kind} by ${names(end.by)}`,
      messages: [first, ...replies].map(({ author, time, text }) => ({ name: names(author), time, text })),
    })),
  };
}

/** The text at the end, or of a deleted file that before, has been purged. */
function isTextGone({ before, after }: FileChange): boolean {
  return (after ?? before)?.isPurged === true;
}

function changeText(change: FileChange): string {
  const { kind, before } = change;
  const words = kind === 'moved' ? `moved from ${before?.path ?? ''}` : kind;
  if (isTextGone(change)) return `${words}; its text of then was removed from the history`;
  return before?.isPurged === true ? `${words}; shown since its older history was removed` : words;
}

/** Of a purged text what was left of it: whatever the file holds beside is newer. */
function known(file: FileAt | null): FileAt | null {
  return file === null ? null : { ...file, isPurged: false };
}

/** Where a file was before it was deleted, with a word about that. */
function deletedPath({ tree }: ProjectHistory, node: string): string {
  const last = tree.changes.findLast((change) => change.node === node);
  if (last === undefined) return 'a deleted file';
  const path = last.kind === 'deleted' ? tree.treeAt(last.position - 1).byId.get(node)?.path : undefined;
  return `${path ?? last.name} (deleted)`;
}

/** Files that were there at the beginning or are at the end; the later path counts. */
function* filesAtBoth(project: ProjectHistory, from: number, to: number): Generator<{ node: string; path: string }> {
  for (const { before, after } of projectChanges(project, from, to)) if (before && !after) yield before;
  const { tree } = project;
  for (const { id, kind, path } of tree.treeAt(tree.positionAt(to)).byId.values()) {
    if (kind === 'file') yield { node: id, path };
  }
}

function peopleOf(
  project: ProjectHistory,
  from: number,
  to: number,
  names: Names,
  pathOf: (node: string | null) => string,
  comments: readonly ReportComment[],
): Contribution[] {
  const people = new Map<string, { inserted: number; deleted: number; updates: number; files: Set<string> }>();
  const nobody = { inserted: 0, deleted: 0, updates: 0 };
  for (const { file, replies, ...first } of comments) {
    for (const { author, time } of [first, ...replies]) {
      if (time <= from || time > to) continue;
      const person = people.get(author) ?? { ...nobody, files: new Set() };
      if (file !== null) person.files.add(pathOf(file));
      people.set(author, person);
    }
  }
  for (const { author, node, amount } of updatesBetween(project, from, to)) {
    const person = people.get(author) ?? { ...nobody, files: new Set() };
    person.inserted += amount.inserted;
    person.deleted += amount.deleted;
    person.updates++;
    person.files.add(pathOf(node));
    people.set(author, person);
  }
  return [...people]
    .map(([author, person]) => ({ ...person, name: names(author), files: [...person.files].sort() }))
    .sort(
      (a, b) => b.inserted + b.deleted - a.inserted - a.deleted || b.updates - a.updates || (a.name < b.name ? -1 : 1),
    );
}

function sessionsOf(
  project: ProjectHistory,
  from: number,
  to: number,
  names: Names,
  pathOf: (node: string | null) => string,
): ReportSession[] {
  const sessions = projectSessions(project).filter(({ start, end }) => end > from && start <= to);
  return sessions.flatMap((session) => {
    const [start, end] = [Math.max(session.start, from + 1), Math.min(session.end, to)];
    const authors = new Set<string>();
    const files = new Set<string>();
    let [inserted, deleted] = [0, 0];
    for (const { author, node, amount } of updatesBetween(project, start - 1, end)) {
      authors.add(names(author));
      files.add(pathOf(node));
      inserted += amount.inserted;
      deleted += amount.deleted;
    }
    if (authors.size === 0) return [];
    return [{ start, end, names: [...authors], files: [...files].sort(), inserted, deleted }];
  });
}

interface Update {
  readonly author: string;
  readonly node: string | null;
  readonly amount: { readonly inserted: number; readonly deleted: number };
}

function* updatesBetween({ tree, files }: ProjectHistory, after: number, to: number): Generator<Update> {
  for (let position = tree.positionAt(after) + 1; position <= tree.positionAt(to); position++) {
    yield { author: tree.authorAt(position) ?? '', node: null, amount: { inserted: 0, deleted: 0 } };
  }
  for (const [node, history] of files) {
    const end = history.positionAt(to);
    for (let position = history.positionAt(after) + 1; position <= end; position++) {
      yield { author: history.authorAt(position) ?? '', node, amount: history.amountAt(position) };
    }
  }
}

/** The lines in which a file differs, with who did it. */
function hunksOf(project: ProjectHistory, before: FileAt | null, after: FileAt | null, names: Names): LineHunk[] {
  const [old, young] = [linesOf(textAt(project, before)), linesOf(textAt(project, after))];
  const changes = diffLists(old, young);
  if (changes.length === 0) return [];
  const writers = writersOf(project, after, names);
  const deleters = deletersOf(project, before, after, names);
  const hunks: LineHunk[] = [];
  for (let index = 0; index < changes.length;) {
    const group = [changes[index++]].filter((change) => change !== undefined);
    const first = group[0];
    if (first === undefined) break;
    let last = first;
    for (let next = changes[index]; next && next.before - last.before - last.removed <= 2 * CONTEXT_LINES;) {
      group.push(next);
      last = next;
      next = changes[++index];
    }
    const start = Math.max(0, first.before - CONTEXT_LINES);
    const lines: ReportLine[] = [];
    let at = start;
    const same = (end: number): void => {
      for (; at < end; at++) lines.push({ kind: 'same', text: old[at] ?? '', names: [] });
    };
    for (const change of group) {
      same(change.before);
      for (; at < change.before + change.removed; at++) {
        lines.push({ kind: 'removed', text: old[at] ?? '', names: deleters(at) });
      }
      for (let line = change.after; line < change.after + change.inserted; line++) {
        lines.push({ kind: 'added', text: young[line] ?? '', names: writers(line) });
      }
    }
    same(Math.min(old.length, last.before + last.removed + CONTEXT_LINES));
    hunks.push({
      before: start + 1,
      after: first.after - (first.before - start) + 1,
      removed: lines.filter(({ kind }) => kind !== 'added').length,
      inserted: lines.filter(({ kind }) => kind !== 'removed').length,
      lines,
      names: [...new Set(lines.flatMap((line) => line.names))],
    });
  }
  return hunks;
}

/** By line, who wrote in it. */
function writersOf(project: ProjectHistory, file: FileAt | null, names: Names): (line: number) => string[] {
  const history = file === null ? undefined : project.files.get(file.node);
  const lines = history && file ? history.blame(file.position).lines() : [];
  return (line) => (lines[line]?.authors ?? []).flatMap((author) => (author === null ? [] : [names(author)]));
}

/** By line of the text before, who deleted from it. */
function deletersOf(
  project: ProjectHistory,
  before: FileAt | null,
  after: FileAt | null,
  names: Names,
): (line: number) => string[] {
  const history = before === null ? undefined : project.files.get(before.node);
  const found = new Map<number, Set<string>>();
  if (!history || before === null || after === null) return () => [];
  const starts = [0];
  const text = history.text(before.position);
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) starts.push(feed + 1);
  let line = 0;
  for (const { pieces } of history.diff(before.position, after.position)) {
    for (const { kind, index, text: piece, by } of pieces) {
      if (kind !== 'deleted' || by.author === null) continue;
      while ((starts[line + 1] ?? Infinity) <= index) line++;
      for (let at = line; (starts[at] ?? Infinity) < index + piece.length; at++) {
        const known = found.get(at);
        if (known) known.add(names(by.author));
        else found.set(at, new Set([names(by.author)]));
      }
    }
  }
  return (at) => [...(found.get(at) ?? [])];
}

/** Without the empty piece behind the last line feed. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
