import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { Version } from '../../core/history/versions.ts';
import { icon } from '../ui/icons.ts';
import type { FileView } from './events.ts';
import type { Layout } from './moment-editor.ts';

export interface MomentHead {
  readonly view: FileView;
  readonly heading: string;
  readonly layout: Layout;
  /** With what a moment can be compared. */
  readonly versions: readonly Version[];
  readonly mayWrite: boolean;
  /** Changes of a plan that are chosen, of how many. */
  readonly chosen: number;
  readonly all: number;
  readonly onLayout: (layout: Layout) => void;
  readonly onBase: (event: Event) => void;
  /** `null`: the beginning, before anything was saved, cannot be named. */
  readonly onName: (() => void) | null;
  readonly onRestore: () => void;
  readonly onApply: () => void;
  readonly onClose: () => void;
}

/** What stands above the past of a file: what it is, what it is compared with, how it is shown, what can be done. */
export function renderMomentHead(head: MomentHead): TemplateResult {
  const { view, heading, onClose } = head;
  return html`<header class="moment-head">
    ${icon('history')}
    <h2>${heading}</h2>
    <span class="spacer"></span>
    ${view.kind === 'moment' ? renderBase(head, view.base === 'now') : nothing}
    <div class="hist-segments" role="group" aria-label="How to show it">
      ${view.kind === 'moment' ? renderLayout(head, 'text', 'Text') : nothing}
      ${renderLayout(head, 'split', 'Side by side')} ${renderLayout(head, 'inline', 'Inline')}
    </div>
    ${renderActions(head)}
    <button class="icon-button" aria-label="Close" title="Close (Escape)" data-testid="moment-close" @click=${onClose}>
      ${icon('x')}
    </button>
  </header>`;
}

function renderLayout({ layout, onLayout }: MomentHead, own: Layout, label: string): TemplateResult {
  return html`<button aria-pressed=${layout === own} data-testid=${`layout-${own}`} @click=${() => onLayout(own)}>
    ${label}
  </button>`;
}

function renderBase({ versions, onBase }: MomentHead, isNow: boolean): TemplateResult {
  return html`<span class="moment-base">
    <span class="quiet">vs.</span>
    <select aria-label="Compared with" data-testid="moment-base" @change=${onBase}>
      ${isNow ? nothing : html`<option value="before" selected>before this session</option>`}
      <option value="previous">the edit before</option>
      <option value="now" ?selected=${isNow}>now</option>
      <option value="start">the beginning</option>
      <option value="here">this moment: keep it here</option>
      ${versions.map(({ id, name }) => html`<option value=${`version ${id}`}>${name}</option>`)}
    </select>
  </span>`;
}

function renderActions(head: MomentHead): TemplateResult | typeof nothing {
  const { view, mayWrite, chosen, all, onName, onRestore, onApply } = head;
  if (!mayWrite) return nothing;
  if (view.kind === 'moment') {
    return html`<button
        class="icon-button"
        aria-label="Name this moment…"
        title="Name this moment…"
        data-testid="name-moment"
        ?disabled=${onName === null}
        @click=${onName}
      >
        ${icon('bookmark')}
      </button>
      <wa-button size="s" appearance="outlined" data-testid="restore" @click=${onRestore}>Restore…</wa-button>`;
  }
  const verb = view.kind === 'restore' ? 'Restore' : 'Take back';
  const what = chosen === all ? verb : `${verb} ${chosen} of ${all}`;
  return html`<wa-button size="s" variant="brand" data-testid="apply" ?disabled=${chosen === 0} @click=${onApply}>
    ${what}
  </wa-button>`;
}
