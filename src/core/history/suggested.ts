/**
 * Text that one person proposed and another brought into the file: both are named.
 *
 * Whose a character is stays a matter of the stamp of its row alone: who accepted wrote it. That somebody else had proposed
 * it is added only where nothing of that rests on anybody's word [STAMP-3].
 */
import type { AcceptedSuggestion } from '../review/accepted.ts';
import type { TextHistory } from './text-history.ts';

/** A part of a text that comes from a suggestion; `to` is behind it. */
export interface SuggestedRange {
  readonly from: number;
  readonly to: number;
  /** User id of who suggested it. */
  readonly suggestedBy: string;
  /** User id of who accepted it: the author of this part. */
  readonly by: string;
  /** The update that brought it. */
  readonly position: number;
}

interface Proven extends AcceptedSuggestion {
  readonly client: number;
  readonly start: number;
  readonly end: number;
}

/**
 * What of a text comes from suggestions, in its order. A suggestion counts if who accepted it did bring all the characters
 * that their acceptance names, and these were, as they came, a part of the proposed text.
 *
 * @param position default: now
 */
export function suggestedRanges(
  history: TextHistory,
  accepted: readonly AcceptedSuggestion[],
  position: number = history.length,
): SuggestedRange[] {
  const byClient = new Map<number, Proven[]>();
  for (const suggestion of accepted) {
    const proven = prove(history, suggestion);
    if (proven !== null) byClient.set(proven.client, [...(byClient.get(proven.client) ?? []), proven]);
  }
  const ranges: SuggestedRange[] = [];
  if (byClient.size === 0) return ranges;
  const { runs } = history;
  const byNumber = runs.clients.map((client) => byClient.get(client));
  let index = 0;
  runs.eachThere(position, (first, end) => {
    for (let run = first; run < end; run++) {
      const length = runs.endOf(run) - runs.start.at(run);
      const clock = runs.clock.at(run);
      const row = runs.row.at(run);
      for (const { start, end: behind, from: suggestedBy, by } of byNumber[runs.client.at(run)] ?? []) {
        const from = index + Math.max(start, clock) - clock;
        const to = index + Math.min(behind, clock + length) - clock;
        // Half an emoji that somebody cut in two is theirs now.
        if (from < to && history.authorAt(row) === by) join(ranges, { from, to, suggestedBy, by, position: row });
      }
      index += length;
    }
  });
  return ranges;
}

/** Adds a range; one that goes on with the last becomes part of it. */
function join(ranges: SuggestedRange[], range: SuggestedRange): void {
  const last = ranges.at(-1);
  if (last?.to === range.from && last.position === range.position && last.suggestedBy === range.suggestedBy) {
    ranges[ranges.length - 1] = { ...last, to: range.to };
  } else ranges.push(range);
}

function prove(history: TextHistory, suggestion: AcceptedSuggestion): Proven | null {
  const { by, text } = suggestion;
  const { first, last } = suggestion.inserted;
  const [client, start] = first;
  const end = last[1] + 1;
  // What comes in at once has clocks in a row.
  if (last[0] !== client || end <= start || end - start > text.length) return null;
  let came = '';
  for (let clock = start; clock < end; clock++) {
    const code = history.codeOfStruct(client, clock);
    if (code === null || history.authorAt(history.rowOfStruct(client, clock)) !== by) return null;
    came += String.fromCharCode(code);
  }
  return text.includes(came) ? { ...suggestion, client, start, end } : null;
}
