import { html, nothing, type TemplateResult } from 'lit';
import type { Hunk } from '../../core/history/types.ts';
import type { ProjectSession } from '../session/api.ts';
import { LightElement } from '../ui/light-element.ts';
import { authorOf, avatarOf, nameOf } from './authors.ts';
import { countWords, momentWords, namesWords } from './words.ts';

/** More are not listed; the texts beside the list show all of them. */
const MOST_SHOWN = 300;
const SNIPPET_CHARS = 160;

/**
 * - `look`: only to be read
 * - `choose`: each can be chosen or left out
 */
export type HunkMode = 'look' | 'choose';

export class HunkEvent extends CustomEvent<{
  readonly index: number;
  readonly action: 'show' | 'toggle';
}> {
  constructor(index: number, action: 'show' | 'toggle') {
    super('hunk', { detail: { index, action }, bubbles: true });
  }
}

/**
 * The changes between two texts, each with who made it.
 *
 * @event hunk – one is to be shown, chosen, accepted or taken back
 */
export class HunkList extends LightElement {
  static override properties = {
    session: { attribute: false },
    hunks: { attribute: false },
    mode: { attribute: false },
    chosen: { attribute: false },
    lineOf: { attribute: false },
  };

  declare session: ProjectSession;
  declare hunks: readonly Hunk[];
  declare mode: HunkMode;
  /** Indexes of the chosen ones. */
  declare chosen: ReadonlySet<number>;
  /** The line, from 1, at which a hunk is shown. */
  declare lineOf: (hunk: Hunk) => number;

  constructor() {
    super();
    this.hunks = [];
    this.mode = 'look';
    this.chosen = new Set();
    this.lineOf = () => 1;
  }

  protected override render(): TemplateResult {
    const { hunks } = this;
    return html`<section class="hunks" aria-label="Changes">
      <h3>${hunks.length === 0 ? 'No changes' : countWords(hunks.length, 'change')}</h3>
      <ol data-testid="hunks">
        ${hunks.slice(0, MOST_SHOWN).map((hunk, index) => this.renderHunk(hunk, index))}
      </ol>
      ${hunks.length > MOST_SHOWN ? html`<p class="quiet">and ${hunks.length - MOST_SHOWN} more</p>` : nothing}
    </section>`;
  }

  private renderHunk(hunk: Hunk, index: number): TemplateResult {
    const ids = [...new Set(hunk.pieces.map(({ by }) => by.author))];
    const authors = ids.map((id) => authorOf(this.session, id));
    const last = Math.max(0, ...hunk.pieces.map(({ by }) => by.end));
    const said = namesWords(authors.map(nameOf));
    const line = this.lineOf(hunk);
    const send = (action: HunkEvent['detail']['action']) => (): void => {
      this.dispatchEvent(new HunkEvent(index, action));
    };
    const { removed: minus, inserted: plus } = hunk;
    return html`<li class="hunk" data-testid="hunk">
      ${
        this.mode === 'choose'
          ? html`<input
              type="checkbox"
              aria-label=${`Line ${line}, ${said}`}
              data-testid="hunk-choose"
              .checked=${this.chosen.has(index)}
              @change=${send('toggle')}
            />`
          : nothing
      }
      <button class="hunk-body" @click=${send('show')}>
        <span class="hunk-who">
          ${authors.slice(0, 3).map(avatarOf)} <span>${said}</span>
          ${last > 0 ? html`<span class="quiet">${momentWords(last, Date.now())}</span>` : nothing}
          <span class="hunk-line quiet">${line}</span>
        </span>
        ${minus === '' ? nothing : html`<span class="hist-minus">− ${snippet(minus)}</span>`}
        ${plus === '' ? nothing : html`<span class="hist-plus">+ ${snippet(plus)}</span>`}
      </button>
    </li>`;
  }
}

/** The first lines of a text, with its line feeds made visible where there is nothing else. */
export function snippet(text: string): string {
  if (text.trim() === '') return text.replaceAll('\n', '⏎').replaceAll(' ', '·').slice(0, SNIPPET_CHARS);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const shown = lines.slice(0, 2).join(' ⏎ ');
  const more = lines.length > 2 ? ` … (${countWords(lines.length, 'line')})` : '';
  return shown.slice(0, SNIPPET_CHARS) + (shown.length > SNIPPET_CHARS ? '…' : '') + more;
}

customElements.define('cw-hunks', HunkList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-hunks': HunkList;
  }
  interface HTMLElementEventMap {
    hunk: HunkEvent;
  }
}
