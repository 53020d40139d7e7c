/** What a view of the history shows, put together from answers of the workbench. */
import type { BuiltOn } from '../../core/history/rollback.ts';
import type { Plan } from '../../core/history/plan.ts';
import type { Hunk, Piece } from '../../core/history/types.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import { authorOf, nameOf } from './authors.ts';
import type { FileView } from './events.ts';
import type { Mark } from './moment-editor.ts';
import { momentWords } from './words.ts';

/** Two texts of one file and what lies between them. */
export interface Scene {
  readonly before: string;
  readonly after: string;
  readonly labels: readonly [before: string, after: string];
  readonly hunks: readonly Hunk[];
  readonly marks: readonly Mark[];
  /** What would be done; `null`: it is only to be read. */
  readonly plan: Plan | null;
  readonly builtOn: readonly BuiltOn[];
}

/** @param position of the moment that is shown or restored @param base what it is compared with; a position, or `now` */
export async function sceneOf(
  session: ProjectSession,
  history: FileHistory,
  view: FileView,
  position: number,
  base: number | 'now',
): Promise<Scene> {
  switch (view.kind) {
    case 'moment':
      return compared(session, history, position, base);
    case 'restore': {
      const { plan, before, after } = await history.ask('restore', position);
      return planned(session, plan, before, after, ['Now', 'Restored']);
    }
    case 'rollback': {
      const { plan, before, after } = await history.ask('rollback', view.choice);
      return { ...planned(session, plan, before, after, ['Now', view.title]), builtOn: plan.builtOn };
    }
  }
}

/** Where a text stands, in the later one of a scene or in the earlier one; whether letters are great or small does not count. */
export function findIn(
  { before, after }: Scene,
  text: string,
): { readonly side: Mark['side']; readonly index: number } | null {
  const sought = text.toLowerCase();
  const later = after.toLowerCase().indexOf(sought);
  if (later !== -1) return { side: 'after', index: later };
  const earlier = before.toLowerCase().indexOf(sought);
  return earlier === -1 ? null : { side: 'before', index: earlier };
}

/** The line, from 1, of an index. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let feed = text.indexOf('\n'); feed !== -1 && feed < index; feed = text.indexOf('\n', feed + 1)) line++;
  return line;
}

async function compared(
  session: ProjectSession,
  history: FileHistory,
  position: number,
  base: number | 'now',
): Promise<Scene> {
  const state = history.state.value;
  const now = state.kind === 'ready' ? state.overview.length : position;
  const other = base === 'now' ? now : base;
  const [from, to] = other < position ? [other, position] : [position, other];
  const [before, after, hunks, labels] = await Promise.all([
    history.ask('text', from),
    history.ask('text', to),
    history.ask('diff', from, to),
    Promise.all([labelOf(history, from, now), labelOf(history, to, now)]),
  ]);
  const marks = marksOf(session, hunks, false);
  return { before, after, labels, hunks, marks, plan: null, builtOn: [] };
}

async function labelOf(history: FileHistory, position: number, now: number): Promise<string> {
  if (position === 0) return 'The beginning';
  const { time } = await history.ask('entry', position);
  return position >= now ? `Now (${momentWords(time, Date.now())})` : momentWords(time, Date.now());
}

function planned(
  session: ProjectSession,
  plan: Plan,
  before: string,
  after: string,
  labels: readonly [string, string],
): Scene {
  const { hunks } = plan;
  const marks = marksOf(session, hunks, false);
  return { before, after, labels, hunks, marks, plan, builtOn: [] };
}

/** Who wrote or deleted what, in the texts of a comparison. @param reversed the hunks go from the later text to the earlier */
export function marksOf(session: ProjectSession, hunks: readonly Hunk[], reversed: boolean): Mark[] {
  return hunks.flatMap(({ pieces }) =>
    pieces.map(({ kind, index, text, by, written }): Mark => {
      const isLater = (kind === 'inserted') !== reversed;
      return {
        side: isLater ? 'after' : 'before',
        from: index,
        to: index + text.length,
        color: authorOf(session, by.author).color,
        label: labelOfPiece(session, isLater ? 'inserted' : 'deleted', by, written),
      };
    }),
  );
}

function labelOfPiece(
  session: ProjectSession,
  kind: Piece['kind'],
  by: Piece['by'],
  written: Piece['written'],
): string {
  const now = Date.now();
  const who = ({ author, end }: Piece['by']): string => {
    const name = nameOf(authorOf(session, author));
    return end === 0 ? name : `${name}, ${momentWords(end, now)}`;
  };
  if (kind === 'inserted') return `Written by ${who(written)}`;
  return written.author === by.author ? `Deleted by ${who(by)}` : `Deleted by ${who(by)} – written by ${who(written)}`;
}
