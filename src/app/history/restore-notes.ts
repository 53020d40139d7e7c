import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectRestore } from '../../core/history/project-restore.ts';
import type { HistoryState, ProjectOverview } from '../session/history-api.ts';
import type { RestoreResult } from '../session/restore-api.ts';
import { icon } from '../ui/icons.ts';
import { countWords, exactWords, namesWords } from './words.ts';

/** What has to be known before a project is brought back. */
export function renderRestoreNotes(
  { unread, purged }: ProjectRestore,
  state: HistoryState<ProjectOverview> | null,
): TemplateResult | typeof nothing {
  const notes: string[] = [];
  if (state?.kind === 'ready' && state.keptAt !== null) {
    notes.push(`You are offline: this is compared with what was saved up to ${exactWords(state.keptAt)}.`);
  }
  const [first] = unread;
  if (first !== undefined) {
    const others = unread.length === 1 ? '' : ` and ${countWords(unread.length - 1, 'other file')}`;
    notes.push(
      `The history of ${first}${others} is not here: ${unread.length === 1 ? 'its text stays' : 'their texts stay'} as now.`,
    );
  }
  if (purged.length > 0) {
    const stays = purged.length === 1 ? 'its text stays' : 'their texts stay';
    notes.push(`The text of then of ${namesWords(purged)} was removed from the history: ${stays} as now.`);
  }
  if (notes.length === 0) return nothing;
  return html`<ul class="hist-notes restore-notes" data-testid="restore-notes">
    ${notes.map((note) => html`<li>${note}</li>`)}
  </ul>`;
}

/** How far it is, while it is done. */
export function renderRestoreProgress(
  { done, total }: { readonly done: number; readonly total: number },
  stop: () => void,
): TemplateResult {
  return html`<div class="restore-progress" role="status" data-testid="restore-progress">
    <span>${total === 0 ? 'Restoring…' : `Restoring text ${Math.min(done + 1, total)} of ${total}…`}</span>
    <progress max=${total || nothing} value=${total === 0 ? nothing : done} aria-label="Texts restored"></progress>
    <wa-button size="s" appearance="outlined" data-testid="restore-stop" @click=${stop}>Stop</wa-button>
  </div>`;
}

/** What could not be brought back, and why. */
export function renderRestoreResult({ restored, failed }: RestoreResult, close: () => void): TemplateResult {
  return html`<div class="restore-result" role="status" data-testid="restore-result">
    <p>
      ${icon('triangle-alert')}
      <strong
        >${countWords(restored, 'file or folder is', 'files and folders are')} restored, ${failed.length} not.</strong
      >
    </p>
    <ul>
      ${failed.map(
        ({ path, why }) =>
          html`<li data-testid="restore-failed">
            <span class="restore-failed-path">${path}</span> <span class="quiet">${why}</span>
          </li>`,
      )}
    </ul>
    <wa-button size="s" appearance="outlined" @click=${close}>Close</wa-button>
  </div>`;
}
