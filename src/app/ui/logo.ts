import { html, type TemplateResult } from 'lit';

/** The mark and the name. */
export function logo(): TemplateResult {
  return html`<span class="logo"><img src="/icon.svg" alt="" width="22" height="22" />Cowrite</span>`;
}
