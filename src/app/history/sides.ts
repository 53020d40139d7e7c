import { html, type TemplateResult } from 'lit';
import type { Layout } from './moment-editor.ts';

/** What the two texts of a comparison are, above them; the editors have it as their names. */
export function renderSides(layout: Layout, [before, after]: readonly [string, string]): TemplateResult {
  return layout === 'split'
    ? html`<div class="moment-sides" aria-hidden="true"><span>${before}</span><span>${after}</span></div>`
    : html`<div class="moment-sides one" aria-hidden="true"><span>${before} → ${after}</span></div>`;
}
