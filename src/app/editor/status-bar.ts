import { html, nothing, type TemplateResult } from 'lit';
import type { StatusReport } from '../../core/status.ts';
import type { LineEnding } from '../../core/text.ts';
import type { Observable } from '../session/api.ts';
import { statusLook } from '../status/status-look.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import type { EditorState } from './code-editor.ts';
import './status-bar.css';

/** What there is to know of the open file and of the project, in one line at the bottom. */
export class StatusBar extends LightElement {
  static override properties = {
    status: { attribute: false },
    editor: { attribute: false },
    lineEnding: { attribute: false },
  };

  declare status: Observable<StatusReport> | null;
  declare editor: EditorState | null;
  declare lineEnding: LineEnding | null;

  private readonly report = new Observed(this, () => this.status);

  constructor() {
    super();
    this.status = null;
    this.editor = null;
    this.lineEnding = null;
  }

  protected override render(): TemplateResult {
    const { editor, lineEnding } = this;
    const report = this.report.value;
    return html`<footer class="status-bar" data-testid="status-bar">
      ${
        report === null
          ? nothing
          : html`<span class="bar-status" data-tone=${statusLook(report.status).tone}>
              <i></i><span data-testid="bar-sentence">${report.sentence}</span>
            </span>`
      }
      <span class="spacer"></span>
      ${
        editor === null
          ? nothing
          : html`
              <span data-testid="bar-position">
                Line ${editor.line}, column
                ${editor.column}${editor.selected > 0 ? ` (${editor.selected} selected)` : ''}
              </span>
              <span data-testid="bar-language">${editor.language}</span>
            `
      }
      ${
        lineEnding === null
          ? nothing
          : html`<span data-testid="bar-line-ending">${lineEnding === 'crlf' ? 'CRLF' : 'LF'}</span>`
      }
    </footer>`;
  }
}

customElements.define('cw-status-bar', StatusBar);

declare global {
  interface HTMLElementTagNameMap {
    'cw-status-bar': StatusBar;
  }
}
