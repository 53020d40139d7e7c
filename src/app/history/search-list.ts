import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { TreeChange } from '../../core/history/tree-history.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { Overview } from '../session/history/workbench.ts';
import { LightElement } from '../ui/light-element.ts';
import { renderFound, type Found } from './found-span.ts';
import { ready } from './ready.ts';

/**
 * When a text came and when it vanished.
 *
 * @event history-show – the moment before it vanished, or at which it came
 */
export class SearchList extends LightElement {
  static override properties = {
    session: { attribute: false },
    history: { attribute: false },
    overview: { attribute: false },
    needle: { attribute: false },
    found: { state: true },
    problem: { state: true },
    deletion: { state: true },
  };

  declare session: ProjectSession;
  declare history: FileHistory;
  declare overview: Overview;
  declare needle: string;
  declare private found: readonly Found[] | null;
  declare private problem: string | null;
  /** Of a deleted file, as soon as it is known. */
  declare private deletion: TreeChange | null;

  constructor() {
    super();
    this.needle = '';
    this.found = null;
    this.problem = null;
    this.deletion = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('history')) this.lookForDeletion(this.history);
    if (!changed.has('needle') && !changed.has('history')) return;
    const { needle, history } = this;
    this.found = null;
    this.problem = null;
    history.ask('search', needle).then(
      (found) => {
        if (this.needle === needle && this.history === history) this.found = found;
      },
      (error: unknown) => (this.problem = error instanceof Error ? error.message : String(error)),
    );
  }

  /** Who deleted the file is in the history of the whole project, which is read for that. */
  private lookForDeletion(history: FileHistory): void {
    this.deletion = null;
    if (this.session.tree.value.byId.has(history.id)) return;
    const whole = this.session.history.whole();
    ready(whole.state)
      .then(() => whole.ask('deletionOf', history.id))
      .then(
        (deletion) => {
          if (this.history === history) this.deletion = deletion;
        },
        // It is told without a name then.
        (error: unknown) => console.warn(error),
      )
      .finally(() => whole.close());
  }

  protected override render(): TemplateResult {
    if (this.problem !== null) return html`<p class="hist-note" role="alert">${this.problem}</p>`;
    if (this.found === null) return html`<p class="hist-note quiet" aria-busy="true">Looking through the past…</p>`;
    if (this.found.length === 0) {
      return html`<p class="hist-note quiet" role="status" data-testid="search-nothing">
        This text was never in this file.
      </p>`;
    }
    return html`<ol class="hist-list" aria-label="When it was there, newest first" data-testid="search-results">
      ${[...this.found].reverse().map((span) => renderFound(this.session, this.history.id, this.needle, span, this.deletion))}
    </ol>`;
  }
}

customElements.define('cw-history-search', SearchList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history-search': SearchList;
  }
}
