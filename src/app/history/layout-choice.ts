import { html, type TemplateResult } from 'lit';
import type { Layout } from './moment-editor.ts';

/** In pixels: with less, two texts beside each other are too narrow to read. */
export const ROOM_FOR_TWO = 880;

/** How two texts are shown: beside or below each other. */
export function renderLayoutChoice(layout: Layout, choose: (layout: Layout) => void): TemplateResult {
  return html`<div class="hist-segments" role="group" aria-label="How to show it">
    ${(['split', 'inline'] as const).map(
      (each) =>
        html`<button aria-pressed=${layout === each} @click=${() => choose(each)}>
          ${each === 'split' ? 'Side by side' : 'Inline'}
        </button>`,
    )}
  </div>`;
}
