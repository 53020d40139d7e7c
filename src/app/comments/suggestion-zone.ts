import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { Acceptance } from '../../core/review/suggestions.ts';
import { icon } from '../ui/icons.ts';
import type { Shown } from './project-reviews.ts';

export interface SuggestionZoneContent {
  /** What accepting it now would do. */
  readonly plan: Acceptance;
  /** What stands in the same lines before and behind the replaced text. */
  readonly before: string;
  readonly after: string;
  readonly author: Shown;
  readonly mayAccept: boolean;
  readonly mayWithdraw: boolean;
  readonly onAccept: () => void;
  readonly onDecline: () => void;
  readonly onOpen: () => void;
}

const CHANGED = {
  merged: 'The text has changed since. Both changes fit together:',
  conflict: 'The text has changed since. This would replace what stands there now:',
} as const;

/** A suggestion inside the editor, below the text that it would replace: the lines as they would be. */
export function renderSuggestionZone(content: SuggestionZoneContent): TemplateResult {
  const { plan, before, after, author, mayAccept, mayWithdraw } = content;
  if (plan.kind === 'gone') return html``;
  const removes = plan.result === '';
  return html`<section
    class="suggest-zone"
    style=${styleMap({ '--author': author.color })}
    aria-label=${`Suggestion by ${author.name}`}
    data-testid="suggestion-inline"
  >
    <div class="suggest-bar">
      <button class="suggest-who" title="Show the discussion" @click=${content.onOpen}>
        ${icon('message-square-diff')} <span>${author.name} ${removes ? 'suggests to remove this' : 'suggests'}</span>
      </button>
      ${
        mayAccept
          ? html`<wa-button size="xs" appearance="outlined" data-testid="inline-decline" @click=${content.onDecline}>
                Decline
              </wa-button>
              <wa-button size="xs" variant="brand" data-testid="inline-accept" @click=${content.onAccept}>
                Accept
              </wa-button>`
          : mayWithdraw
            ? html`<wa-button size="xs" appearance="outlined" data-testid="inline-withdraw" @click=${content.onDecline}>
                Withdraw
              </wa-button>`
            : nothing
      }
    </div>
    ${
      plan.kind === 'clean'
        ? nothing
        : html`<p class="suggest-changed" data-testid="suggestion-changed">${CHANGED[plan.kind]}</p>`
    }
    <pre
      class="suggest-new"
      data-testid="suggestion-new"
    ><span class="quiet">${before}</span><ins>${plan.result}</ins><span class="quiet">${after}</span></pre>
  </section>`;
}
