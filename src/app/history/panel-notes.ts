import { html, nothing, type TemplateResult } from 'lit';
import type { HistoryState, ProjectOverview } from '../session/history-api.ts';
import type { Overview } from '../session/history/workbench.ts';
import { exactWords } from './words.ts';

type Ready<T> = Extract<HistoryState<T>, { kind: 'ready' }>;

/** What somebody has to know who reads a history: how far it goes, and what is not in it. */
export function renderPanelNotes(
  state: Ready<Overview> | Ready<ProjectOverview>,
  pending: number,
): TemplateResult | typeof nothing {
  const { keptAt, overview } = state;
  const notes: string[] = [];
  if (keptAt !== null) notes.push(`You are offline. This is the history as of ${exactWords(keptAt)}.`);
  if (pending > 0) notes.push('Edits that are not saved yet appear here once they are.');
  if (overview.isDamaged) notes.push(damageWords('knownSince' in overview ? overview.knownSince : Infinity));
  if ('missing' in overview) {
    const { length } = overview.missing;
    if (length > 0) {
      notes.push(`${length === 1 ? '1 file is' : `${length} files are`} missing here: ${overview.missing[0] ?? ''}`);
    }
  } else {
    if (overview.isPurged) notes.push('Older history was deleted by an owner.');
    if (overview.waiting > 0) notes.push('Some saved edits wait for others that have not arrived.');
  }
  return notes.length === 0
    ? nothing
    : html`<div role="status">
        <ul class="hist-notes" data-testid="history-notes">
          ${notes.map((note) => html`<li>${note}</li>`)}
        </ul>
      </div>`;
}

/** @param until epoch milliseconds; infinite where that is not known */
function damageWords(until: number): string {
  const what = 'A part of the history is damaged and missing';
  return Number.isFinite(until) ? `${what}: up to ${exactWords(until)}.` : `${what}.`;
}
