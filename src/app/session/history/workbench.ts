/**
 * The histories of one project, and every question about them. It runs in a Web Worker, since building and asking can take
 * longer than a frame; whatever goes in and comes out can be copied between threads.
 */
import * as Y from 'yjs';
import type { LogEntry } from '../../../core/codec.ts';
import { readHistory, type History } from '../../../core/compaction/history.ts';
import type { SnapshotReader } from '../../../core/compaction/ports.ts';
import type { SnapshotRecord } from '../../../core/compaction/snapshot.ts';
import { success } from '../../../core/failures.ts';
import { reviewAbsence, sidesOf, type AbsenceReview } from '../../../core/history/absence.ts';
import { operationsOnLive, previewPlan, type Plan } from '../../../core/history/plan.ts';
import {
  authorsEver,
  filesAt,
  newestTime,
  projectChanges,
  projectSessions,
  textAt,
  type FileAt,
  type FileChange,
  type ProjectHistory,
  type ProjectSession,
} from '../../../core/history/project-history.ts';
import { planProjectRestore, type ProjectRestore, type RestoreItem } from '../../../core/history/project-restore.ts';
import { planRestore } from '../../../core/history/restore.ts';
import { planRollback, type RollbackChoice, type RollbackPlan } from '../../../core/history/rollback.ts';
import { findPresence, type Presence } from '../../../core/history/search.ts';
import { changesOf, sessionsOf } from '../../../core/history/sessions.ts';
import { suggestedRanges, type SuggestedRange } from '../../../core/history/suggested.ts';
import { TextHistory } from '../../../core/history/text-history.ts';
import { TreeHistory, type TreeChange } from '../../../core/history/tree-history.ts';
import type { BlameLine, BlameRange, HistoryEntry, Hunk, Session } from '../../../core/history/types.ts';
import type { Version } from '../../../core/history/versions.ts';
import type { AcceptedSuggestion } from '../../../core/review/accepted.ts';
import { gitStream } from '../../../core/report/git.ts';
import { reportAsHtml } from '../../../core/report/html.ts';
import { reportAsMarkdown } from '../../../core/report/markdown.ts';
import { namesOf } from '../../../core/report/people.ts';
import { buildReport, type ReportComment } from '../../../core/report/review.ts';
import { TEXT_NAME, type TextOperation } from '../../../core/text.ts';
import { diffTexts } from '../../../core/history/text-diff.ts';

/** What a history is built from. */
export interface Material {
  readonly project: string;
  /** Oldest first. */
  readonly records: readonly SnapshotRecord[];
  /** Their frames, by snapshot id; of a base the state, of the others the segment. */
  readonly frames: ReadonlyMap<string, Uint8Array>;
  /** The states of others than bases, by snapshot id: they help over what is damaged. Default: none is at hand. */
  readonly states?: ReadonlyMap<string, Uint8Array>;
  readonly live: readonly LogEntry[];
}

/** A session of one author without the list of its updates. */
export type Stretch = Omit<Session, 'positions'> & { readonly updates: number; readonly borrowed: boolean };

/** What there is of a text, without its content. */
export interface Overview {
  /** The position of now. */
  readonly length: number;
  /** User ids, in the order of their first update. */
  readonly authors: readonly string[];
  /** By their beginnings, oldest first. */
  readonly sessions: readonly Stretch[];
  /** Rows that wait for others, and rows that Yjs refuses. */
  readonly waiting: number;
  readonly refused: number;
  /** Older history was purged: position 0 is what was left. */
  readonly isPurged: boolean;
  /** A part of it is damaged: position 0 is the first text after that. */
  readonly isDamaged: boolean;
  /** Epoch milliseconds: texts of earlier moments are gone; `-Infinity` where none is. */
  readonly knownSince: number;
  /** The last update, `null` where there is none. */
  readonly last: HistoryEntry | null;
}

/** Who made each update and when, for a scrubber: index 0 is position 1. */
export interface Steps {
  readonly times: Float64Array;
  /** Index into `authors`. */
  readonly by: Uint16Array;
  readonly authors: readonly string[];
}

/** One frame of a playback. */
export interface Frame {
  readonly position: number;
  readonly text: string;
  readonly author: string | null;
  readonly time: number;
  /** What the last step changed: where in `text`, and how much of it is new. */
  readonly changes: readonly { readonly index: number; readonly length: number }[];
}

/** A plan with the text it leads to. */
export interface PlanView<P extends Plan = Plan> {
  readonly plan: P;
  readonly before: string;
  readonly after: string;
}

/** What others did; `after` of the plan is the text without it. */
export interface AbsenceView extends PlanView<RollbackPlan> {
  readonly review: AbsenceReview;
}

/** What a report is about. */
export interface ReportWish {
  readonly title: string;
  /** Epoch milliseconds: what is after `from`, up to and with `to`. */
  readonly from: number;
  readonly to: number;
  readonly format: 'markdown' | 'html';
  /** By user id. */
  readonly people: ReadonlyMap<string, { readonly name: string }>;
  /** Those of the period, in the order to show. */
  readonly comments: readonly ReportComment[];
}

/** A mini-diff: a few lines of what a session did. */
export interface Glimpse {
  readonly removed: readonly string[];
  readonly inserted: readonly string[];
  /** Places that changed. */
  readonly places: number;
}

const GLIMPSE_LINES = 3;

export class Workbench {
  private readonly texts = new Map<string, TextHistory>();
  private readonly purged = new Set<string>();
  private readonly damaged = new Set<string>();
  private tree: TreeHistory | null = null;

  /** Builds the history of a text. Rejects with a sentence if what is stored is damaged. */
  async open(doc: string, material: Material): Promise<Overview> {
    const source = await this.read(doc, material);
    this.texts.set(doc, new TextHistory(source));
    this.noteDamage(doc, source);
    if ((source.base ?? null) !== null) this.purged.add(doc);
    return this.overview(doc);
  }

  /** Builds the history of the project's tree; resolves to the ids of all files there ever were. */
  async openTree(doc: string, material: Material): Promise<readonly string[]> {
    const source = await this.read(doc, material);
    this.tree = new TreeHistory(source);
    this.noteDamage(doc, source);
    return this.filesEver();
  }

  /** Whether a part of what was opened, a text or the tree, is damaged. */
  isDamaged(doc: string): boolean {
    return this.damaged.has(doc);
  }

  append(doc: string, entries: readonly LogEntry[]): Overview {
    this.of(doc).append(entries);
    return this.overview(doc);
  }

  appendTree(entries: readonly LogEntry[]): readonly string[] {
    this.tree?.append(entries);
    return this.filesEver();
  }

  forget(doc: string): void {
    this.texts.delete(doc);
  }

  overview(doc: string): Overview {
    const history = this.of(doc);
    const sessions = sessionsOf(history).map(({ positions, ...session }): Stretch => ({
      ...session,
      updates: positions.length,
      borrowed: positions.some((position) => history.entry(position).borrowedClient),
    }));
    const { length } = history;
    return {
      length,
      authors: history.authors,
      sessions,
      waiting: history.waiting.length,
      refused: history.refused.length,
      isPurged: this.purged.has(doc) && !this.damaged.has(doc),
      isDamaged: this.damaged.has(doc),
      knownSince: history.knownSince,
      last: length === 0 ? null : history.entry(length),
    };
  }

  text(doc: string, position?: number): string {
    return this.of(doc).text(position);
  }

  entry(doc: string, position: number): HistoryEntry {
    return this.of(doc).entry(position);
  }

  /** @returns the moment of a row that is kept as a version; by its time where the row is gone */
  positionOf(doc: string, row: string | null, time: number): number {
    const history = this.of(doc);
    return (row === null ? null : history.positionOf(row)) ?? history.positionAt(time);
  }

  /** The rows of moments; `null` for the beginning, and where there is none. */
  rowsAt(doc: string, positions: readonly number[]): readonly (string | null)[] {
    const history = this.of(doc);
    return positions.map((at) => (at < 1 || at > history.length ? null : history.entry(at).row));
  }

  /** The moments of rows; `null` for one that is gone. */
  positionsOf(doc: string, rows: readonly string[]): readonly (number | null)[] {
    const history = this.of(doc);
    return rows.map((row) => history.positionOf(row));
  }

  steps(doc: string): Steps {
    const history = this.of(doc);
    const authors = [...history.authors];
    const indexes = new Map(authors.map((author, index) => [author, index]));
    const times = new Float64Array(history.length);
    const by = new Uint16Array(history.length);
    for (let position = 1; position <= history.length; position++) {
      times[position - 1] = history.timeAt(position);
      by[position - 1] = indexes.get(history.authorAt(position) ?? '') ?? 0;
    }
    return { times, by, authors };
  }

  /** @param since what changed since then is marked */
  frame(doc: string, position: number, since: number = position - 1): Frame {
    const history = this.of(doc);
    const hunks = history.diff(Math.max(0, Math.min(since, position)), position);
    return {
      position,
      text: history.text(position),
      author: history.authorAt(position),
      time: history.timeAt(position),
      changes: hunks.map(({ after, inserted }) => ({ index: after, length: inserted.length })),
    };
  }

  /** @param accepted suggestions that may be in it @param position of the text; default: now */
  blameLines(
    doc: string,
    accepted: readonly AcceptedSuggestion[] = [],
    position?: number,
  ): {
    readonly text: string;
    readonly lines: readonly BlameLine[];
    readonly suggested: readonly SuggestedRange[];
  } {
    const history = this.of(doc);
    const blame = history.blame(position);
    const suggested = suggestedRanges(history, accepted, blame.position);
    return { text: blame.text, lines: blame.lines(), suggested };
  }

  /** What of the text of now comes from suggestions. */
  suggested(doc: string, accepted: readonly AcceptedSuggestion[]): readonly SuggestedRange[] {
    return suggestedRanges(this.of(doc), accepted);
  }

  blameRanges(doc: string, from: number, to: number): readonly BlameRange[] {
    return this.of(doc).blame().ranges(undefined, from, to);
  }

  diff(doc: string, before: number, after: number): readonly Hunk[] {
    return this.of(doc).diff(before, after);
  }

  /** What a session did, in a few lines. */
  glimpse(doc: string, first: number, last: number, author: string): Glimpse {
    const history = this.of(doc);
    const hunks = changesOf(history, { author, first, last });
    const lines = (pick: (hunk: Hunk) => string): string[] =>
      hunks
        .flatMap((hunk) => pick(hunk).split('\n'))
        .filter((line) => line.trim() !== '')
        .slice(0, GLIMPSE_LINES)
        .map((line) => line.slice(0, 200));
    return {
      removed: lines(({ removed }) => removed),
      inserted: lines(({ inserted }) => inserted),
      places: hunks.length,
    };
  }

  search(
    doc: string,
    needle: string,
  ): readonly (Presence & { start: HistoryEntry | null; end: HistoryEntry | null })[] {
    const history = this.of(doc);
    const at = (position: number | null): HistoryEntry | null =>
      position === null || position === 0 ? null : history.entry(position);
    return findPresence(history, needle, true).map((span) => ({ ...span, start: at(span.from), end: at(span.until) }));
  }

  restore(doc: string, position: number): PlanView {
    const history = this.of(doc);
    return this.view(history, planRestore(history, position));
  }

  rollback(doc: string, choice: RollbackChoice): PlanView<RollbackPlan> {
    const history = this.of(doc);
    return this.view(history, planRollback(history, choice));
  }

  /** @param state of the live document, format V2 @param chosen indexes of hunks; default: all */
  operations(doc: string, plan: Plan, state: Uint8Array, chosen?: ReadonlySet<number>): readonly TextOperation[] {
    const live = new Y.Doc();
    Y.applyUpdateV2(live, state);
    try {
      return operationsOnLive(this.of(doc), plan, live.getText(TEXT_NAME), chosen);
    } finally {
      live.destroy();
    }
  }

  /** What others did since a time, and the plan that takes all of it back: one hunk for each change that still counts. */
  absence(doc: string, since: number, me: string): AbsenceView {
    const history = this.of(doc);
    const start = history.positionAt(since);
    const positions: number[] = [];
    for (let position = start + 1; position <= history.length; position++) {
      if (history.authorAt(position) !== me) positions.push(position);
    }
    return { ...this.rollback(doc, { positions }), review: reviewAbsence(history, start, me) };
  }

  /** The texts that were put together since a time, each as a plan that leads to it. */
  sides(doc: string, since: number, me: string): readonly PlanView[] {
    const history = this.of(doc);
    return sidesOf(history, history.positionAt(since), me).map((plan) => this.view(history, plan));
  }

  /** The last moment at or before a time. */
  positionAt(doc: string, time: number): number {
    return this.of(doc).positionAt(time);
  }

  /** The time of the newest saved change of the project; 0 where there is none. */
  newest(): number {
    return newestTime(this.project);
  }

  projectSessions(): readonly ProjectSession[] {
    return projectSessions(this.project);
  }

  treeChanges(): readonly TreeChange[] {
    return this.tree?.changes ?? [];
  }

  /** See `TreeHistory.deletionOf`. */
  deletionOf(node: string): TreeChange | null {
    return this.tree?.deletionOf(node) ?? null;
  }

  projectChanges(before: number, after: number): readonly FileChange[] {
    return projectChanges(this.project, before, after);
  }

  /** What bringing the whole project back to a time would do. */
  projectRestore(time: number): ProjectRestore {
    return planProjectRestore(this.project, time);
  }

  /** The texts of a file that would be brought back: now, and then. */
  restoreTexts({ node, kind }: RestoreItem, time: number): { readonly before: string; readonly after: string } {
    const history = this.project.files.get(node);
    if (history === undefined) return { before: '', after: '' };
    const before = kind === 'back' ? '' : history.text();
    return { before, after: kind === 'removed' ? '' : history.text(history.positionAt(time)) };
  }

  /**
   * What brings a text back to a time, from the end to the beginning.
   *
   * @param live the live document, format V2, if it holds all that the history holds: what is newer in it stays. Otherwise its
   *   text, which becomes exactly that of then
   */
  restoreOperations(doc: string, time: number, live: Uint8Array | string): readonly TextOperation[] {
    const history = this.of(doc);
    const position = history.positionAt(time);
    if (typeof live === 'string') return diffTexts(live, history.text(position));
    return this.operations(doc, planRestore(history, position), live);
  }

  /** By time: the paths of the files whose texts of then have been purged. */
  purgedAt(times: readonly number[]): readonly (readonly string[])[] {
    const { project } = this;
    if (this.purged.size === 0) return times.map(() => []);
    return times.map((time) => filesAt(project, time).flatMap(({ path, isPurged }) => (isPurged ? [path] : [])));
  }

  /** All files at a time, with their texts; empty where they have been purged. */
  filesAt(time: number): readonly (FileAt & { readonly text: string })[] {
    const { project } = this;
    return filesAt(project, time).map((file) => ({ ...file, text: textAt(project, file) }));
  }

  /** The texts of one changed file before and after. */
  fileTexts(change: FileChange): { readonly before: string; readonly after: string } {
    const { project } = this;
    return { before: textAt(project, change.before), after: textAt(project, change.after) };
  }

  /** The review of a period as a text. */
  report({ title, from, to, format, people, comments }: ReportWish): string {
    const report = buildReport({
      title,
      project: this.project,
      from,
      to,
      names: namesOf(people, authorsEver(this.project)),
      comments,
    });
    return format === 'html' ? reportAsHtml(report) : reportAsMarkdown(report);
  }

  /** The history as a stream for `git fast-import`, in pieces. */
  git(people: ReportWish['people'], versions: readonly Version[]): readonly Uint8Array<ArrayBuffer>[] {
    const encoder = new TextEncoder();
    const pieces = gitStream({ project: this.project, names: namesOf(people, authorsEver(this.project)), versions });
    return Array.from(pieces, (piece) => encoder.encode(piece));
  }

  private get project(): ProjectHistory {
    if (this.tree === null) throw new Error('The history of the project is not loaded.');
    const files = new Map<string, TextHistory>();
    for (const [doc, history] of this.texts) files.set(doc.slice(1), history);
    return { tree: this.tree, files };
  }

  private filesEver(): readonly string[] {
    const changes = this.tree?.changes ?? [];
    return [...new Set(changes.filter(({ nodeKind }) => nodeKind === 'file').map(({ node }) => node))];
  }

  private view<P extends Plan>(history: TextHistory, plan: P): PlanView<P> {
    return { plan, before: history.text(plan.position), after: previewPlan(history, plan) };
  }

  private of(doc: string): TextHistory {
    const history = this.texts.get(doc);
    if (history === undefined) throw new Error('The history of this file is not loaded.');
    return history;
  }

  private noteDamage(doc: string, { isDamaged }: History): void {
    if (isDamaged) this.damaged.add(doc);
    else this.damaged.delete(doc);
  }

  private async read(doc: string, { project, records, frames, states, live }: Material): Promise<History> {
    const frameOf: SnapshotReader['segment'] = ({ id }) => Promise.resolve(success(frames.get(id) ?? null));
    const reader: SnapshotReader = {
      list: (_project, _doc, count, bounds) => {
        const found = records.filter(({ generation }) => generation < (bounds?.below ?? Infinity));
        return Promise.resolve(success(found.slice(-count).reverse()));
      },
      state: (record) => (record.isBase ? frameOf(record) : Promise.resolve(success(states?.get(record.id) ?? null))),
      segment: frameOf,
    };
    const history = await readHistory(reader, project, doc, live);
    if (!history.ok) throw new Error(`The history is damaged: ${history.message}`);
    return history.value;
  }
}
