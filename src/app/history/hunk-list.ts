import { html, nothing, type TemplateResult } from 'lit';
import type { Hunk } from '../../core/history/types.ts';
import type { ProjectSession } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { authorOf, avatarOf, nameOf } from './authors.ts';
import { countWords, momentWords, namesWords } from './words.ts';

/** More are not listed; the texts beside the list show all of them. */
const MOST_SHOWN = 300;
const SNIPPET_CHARS = 160;

/**
 * - `look`: only to be read
 * - `choose`: each can be chosen or left out
 * - `answer`: each can be accepted or taken back
 */
export type HunkMode = 'look' | 'choose' | 'answer';

export class HunkEvent extends CustomEvent<{
  readonly index: number;
  readonly action: 'show' | 'toggle' | 'accept' | 'undo';
}> {
  constructor(index: number, action: 'show' | 'toggle' | 'accept' | 'undo') {
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
    done: { attribute: false },
    reversed: { attribute: false },
    lineOf: { attribute: false },
    mayWrite: { attribute: false },
  };

  declare session: ProjectSession;
  declare hunks: readonly Hunk[];
  declare mode: HunkMode;
  /** Indexes of the chosen ones. */
  declare chosen: ReadonlySet<number>;
  /** Indexes of those that are answered. */
  declare done: ReadonlySet<number>;
  /** The hunks take changes back: what they remove is what somebody wrote. */
  declare reversed: boolean;
  /** The line, from 1, at which a hunk is shown. */
  declare lineOf: (hunk: Hunk) => number;
  declare mayWrite: boolean;

  constructor() {
    super();
    this.hunks = [];
    this.mode = 'look';
    this.chosen = new Set();
    this.done = new Set();
    this.reversed = false;
    this.lineOf = () => 1;
    this.mayWrite = false;
  }

  protected override render(): TemplateResult {
    const { hunks } = this;
    const left = hunks.length - this.done.size;
    return html`<section class="hunks" aria-label="Changes">
      <h3>${left === 0 ? 'No changes' : countWords(left, 'change')}</h3>
      <ol data-testid="hunks">
        ${hunks.slice(0, MOST_SHOWN).map((hunk, index) => (this.done.has(index) ? nothing : this.renderHunk(hunk, index)))}
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
    const [minus, plus] =
      this.reversed && this.mode === 'answer' ? [hunk.inserted, hunk.removed] : [hunk.removed, hunk.inserted];
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
      ${
        this.mode === 'answer'
          ? html`<span class="hunk-answers">
              <button
                class="icon-button"
                aria-label="Accept"
                title="Accept"
                data-testid="hunk-accept"
                @click=${send('accept')}
              >
                ${icon('check')}
              </button>
              ${
                this.mayWrite
                  ? html`<button
                      class="icon-button"
                      aria-label="Undo this change"
                      title="Undo this change"
                      data-testid="hunk-undo"
                      @click=${send('undo')}
                    >
                      ${icon('undo')}
                    </button>`
                  : nothing
              }
            </span>`
          : nothing
      }
    </li>`;
  }
}

/** The first lines of a text, with its line feeds made visible where there is nothing else. */
function snippet(text: string): string {
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
