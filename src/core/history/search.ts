/** "When did this line vanish?": from which moment to which a text contained something. */
import { NEVER } from './arrivals.ts';
import type { Runs } from './runs.ts';
import type { TextHistory } from './text-history.ts';

/** A span of moments in which a text was there. */
export interface Presence {
  /** The first moment at which it is there. */
  readonly from: number;
  /** The first moment at which it is gone again; `null`: it is there now. */
  readonly until: number | null;
}

/** Moments from one up to another, which does not belong to them. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** At the moments of the span the text so far has matched so much of what is sought. */
interface Match extends Span {
  readonly matched: number;
}

/**
 * The spans in which the text contained `needle`, oldest first. Exact: not moments are looked through but the text, which
 * keeps what was deleted in its place. From each place where it could begin, the text is followed as it went on then.
 *
 * @param needle not empty; otherwise nothing is found
 * @param ignoreCase default: false
 */
export function findPresence({ runs }: Pick<TextHistory, 'runs'>, needle: string, ignoreCase = false): Presence[] {
  if (needle === '') return [];
  const all = ignoreCase ? folded(runs.all) : runs.all;
  const sought = ignoreCase ? folded(needle) : needle;
  const found: Span[] = [];
  let run = 0;
  for (let index = all.indexOf(sought.charAt(0)); index !== -1; index = all.indexOf(sought.charAt(0), index + 1)) {
    while (runs.endOf(run) <= index) run++;
    follow(runs, all, sought, run, index, found);
  }
  return joined(found).map(({ from, until }) => ({ from, until: until === NEVER ? null : until }));
}

/** Adds to `found` when `sought` stood from an index on, which is in a run. */
function follow(runs: Runs, all: string, sought: string, first: number, index: number, found: Span[]): void {
  let open: Match[] = [{ from: 0, until: NEVER, matched: 0 }];
  for (let run = first; run < runs.length && open.length > 0; run++) {
    const from = runs.since.at(run);
    const until = runs.until.at(run);
    if (from >= until) continue;
    const start = run === first ? index : runs.start.at(run);
    const end = runs.endOf(run);
    const next: Match[] = [];
    for (const match of open) {
      const both = { from: Math.max(match.from, from), until: Math.min(match.until, until) };
      if (both.from >= both.until) {
        if (run > first) next.push(match);
        continue;
      }
      const length = Math.min(end - start, sought.length - match.matched);
      if (all.startsWith(sought.slice(match.matched, match.matched + length), start)) {
        const matched = match.matched + length;
        if (matched === sought.length) found.push(both);
        else next.push({ ...both, matched });
      }
      // When the run was not there, the text went on behind it.
      if (run === first) continue;
      if (match.from < both.from) next.push({ ...match, until: both.from });
      if (both.until < match.until) next.push({ ...match, from: both.until });
    }
    open = next;
  }
}

/** Spans that overlap or touch become one. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && span.from <= last.until) {
      result[result.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    } else result.push(span);
  }
  return result;
}

/** In small letters, each code unit in its place. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from({ length: text.length }, (_, index) => {
    const small = text.charAt(index).toLowerCase();
    return small.length === 1 ? small : text.charAt(index);
  }).join('');
}
