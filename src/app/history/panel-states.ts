import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { HistoryState } from '../session/history-api.ts';
import { icon } from '../ui/icons.ts';

type State<K extends HistoryState<unknown>['kind']> = Extract<HistoryState<unknown>, { kind: K }>;

/** While a history is read. */
export function renderLoading(state: State<'loading'> | null): TemplateResult {
  const { done = 0, total = 0 } = state ?? {};
  return html`<div class="hist-loading" aria-busy="true" data-testid="history-loading">
    <p class="quiet">${total > 0 ? `Reading the history: ${done} of ${total}` : 'Reading the history…'}</p>
    <progress max=${total || nothing} value=${total > 0 ? done : nothing} aria-label="Reading the history"></progress>
  </div>`;
}

/** Where a history could not be read. */
export function renderFailed({ offline, message }: State<'failed'>, retry: () => void): TemplateResult {
  const hint = 'What you look at while you are online is kept here, and can be read without network.';
  return html`<div class="hist-empty" role="status" data-testid=${offline ? 'history-offline' : 'history-failed'}>
    ${icon(offline ? 'cloud-off' : 'circle-alert')}
    <p>${offline ? 'Not on this device' : 'The history could not be read'}</p>
    <p class="quiet">${offline ? hint : message}</p>
    <wa-button size="s" appearance="outlined" @click=${retry}>Try again</wa-button>
  </div>`;
}

/** Where the filters leave nothing. */
export function renderNothing(): TemplateResult {
  return html`<div class="hist-empty" role="status" data-testid="filter-nothing">
    ${icon('history')}
    <p>Nothing here with these filters</p>
    <p class="quiet">Choose another person, file or time, or clear the filters above.</p>
  </div>`;
}
