import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ALL_WORK, filterSessions, type WorkFilter } from '../../core/history/filter.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { Glimpse, Overview, Stretch } from '../session/history/workbench.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { agentBadge, authorOf, avatarOf, nameOf } from './authors.ts';
import { HistoryShowEvent } from './events.ts';
import { renderNothing } from './panel-states.ts';
import { countWords, dayWords, exactWords, spanWords } from './words.ts';

/** Older ones are shown when they are asked for. */
const PAGE = 60;

/**
 * Who worked on a file when: the newest session first.
 *
 * @event history-show – a session was chosen, or is to be taken back
 */
export class Timeline extends LightElement {
  static override properties = {
    session: { attribute: false },
    history: { attribute: false },
    overview: { attribute: false },
    filter: { attribute: false },
    mayWrite: { attribute: false },
    shown: { state: true },
    current: { state: true },
  };

  declare session: ProjectSession;
  declare history: FileHistory;
  declare overview: Overview;
  declare filter: WorkFilter;
  declare mayWrite: boolean;
  declare private shown: number;
  /** The session that the Tab key leads to, by its beginning. */
  declare private current: number;
  /** Mini-diffs by session. */
  private readonly glimpses = new Map<string, Glimpse | 'asked'>();

  constructor() {
    super();
    this.shown = PAGE;
    this.current = 0;
    this.filter = ALL_WORK;
    this.mayWrite = false;
  }

  /** The sessions that pass the filter, newest first. */
  get sessions(): readonly Stretch[] {
    const isAgent = (id: string): boolean => authorOf(this.session, id).isAgent;
    return filterSessions(this.overview.sessions, this.filter, isAgent).reverse();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('history')) {
      this.glimpses.clear();
      this.shown = PAGE;
      this.current = 0;
    }
  }

  protected override render(): TemplateResult {
    const { sessions } = this;
    const shown = sessions.slice(0, this.shown);
    for (const one of shown) this.look(one);
    const now = Date.now();
    let day = '';
    return html`<ol class="hist-list" aria-label="Sessions, newest first" data-testid="timeline" @keydown=${this.key}>
        ${repeat(
          shown,
          (one) => `${one.author} ${one.first}`,
          (one, index) => {
            const heading = dayWords(one.end, now);
            const isNew = heading !== day;
            day = heading;
            return html`${isNew ? html`<li class="hist-day"><h3>${heading}</h3></li>` : nothing}
            ${this.renderSession(one, index)}`;
          },
        )}
      </ol>
      ${sessions.length === 0 ? renderNothing() : nothing}
      ${
        sessions.length > this.shown
          ? html`<button class="hist-more" @click=${() => (this.shown += PAGE)}>
              Show older (${sessions.length - this.shown})
            </button>`
          : nothing
      }`;
  }

  private renderSession(one: Stretch, index: number): TemplateResult {
    const author = authorOf(this.session, one.author);
    const glimpse = this.glimpses.get(keyOf(one));
    const { inserted, deleted, updates } = one;
    const amount = `${inserted} characters written, ${deleted} deleted, ${countWords(updates, 'edit')}`;
    return html`<li class="hist-item">
      <button
        class="hist-session"
        data-testid="timeline-session"
        data-author=${one.author}
        data-index=${index}
        tabindex=${index === this.current ? 0 : -1}
        @click=${() => this.show(one)}
        @focus=${() => (this.current = index)}
      >
        ${avatarOf(author)}
        <span class="hist-who">${nameOf(author)}${agentBadge(author)}</span>
        <time class="hist-when quiet" title=${exactWords(one.end)}>${spanWords(one.start, one.end)}</time>
        <span class="hist-counts" title=${amount}>
          <span class="visually-hidden">${amount}</span>
          <span aria-hidden="true">
            <span class="hist-plus">+${inserted}</span> <span class="hist-minus">−${deleted}</span>
            <span class="quiet">${countWords(updates, 'edit')}</span>
          </span>
          ${
            one.borrowed
              ? html`<span
                  class="hist-mark"
                  title="It came under another person’s client number. The server proves that it is by the one shown."
                  >${icon('circle-alert')}</span
                >`
              : nothing
          }
        </span>
        ${glimpse === undefined || glimpse === 'asked' ? nothing : renderGlimpse(glimpse)}
      </button>
      ${
        this.mayWrite
          ? html`<button
              class="icon-button hist-take-back"
              aria-label=${`Take back what ${author.name} did here, and keep the rest`}
              title="Take this back, keep the rest…"
              data-testid="take-back"
              @click=${() => this.takeBack(one)}
            >
              ${icon('undo')}
            </button>`
          : nothing
      }
    </li>`;
  }

  private show(one: Stretch): void {
    const view = { kind: 'moment', node: this.history.id, position: one.last, base: one.first - 1 } as const;
    this.dispatchEvent(new HistoryShowEvent(view));
  }

  private takeBack({ author, start, end }: Stretch): void {
    const { name } = authorOf(this.session, author);
    this.dispatchEvent(
      new HistoryShowEvent({
        kind: 'rollback',
        node: this.history.id,
        choice: { author, start, end },
        title: `Without what ${name} did (${spanWords(start, end)})`,
      }),
    );
  }

  /** Asks for the mini-diff of a session, once. */
  private look(one: Stretch): void {
    const key = keyOf(one);
    if (this.glimpses.has(key)) return;
    this.glimpses.set(key, 'asked');
    const { history } = this;
    history.ask('glimpse', one.first, one.last, one.author).then(
      (glimpse) => {
        if (this.history !== history) return;
        this.glimpses.set(key, glimpse);
        this.requestUpdate();
      },
      // Closed meanwhile, or the rows moved: it is asked for anew when the session is shown again.
      () => this.glimpses.delete(key),
    );
  }

  /** Up and down by session, with Shift to the next of the same author; Home and End. */
  private readonly key = (event: KeyboardEvent): void => {
    const { sessions } = this;
    const last = Math.min(sessions.length, this.shown) - 1;
    const author = sessions[this.current]?.author;
    const fits = (index: number): boolean => !event.shiftKey || sessions[index]?.author === author;
    let next = this.current;
    if (event.key === 'ArrowDown') {
      do next++;
      while (next <= last && !fits(next));
    } else if (event.key === 'ArrowUp') {
      do next--;
      while (next >= 0 && !fits(next));
    } else if (event.key === 'Home') next = 0;
    else if (event.key === 'End') next = last;
    else return;
    event.preventDefault();
    if (next < 0 || next > last) return;
    this.current = next;
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`.hist-session[data-index="${next}"]`)?.focus(),
    );
  };
}

function keyOf({ author, first, last }: Stretch): string {
  return `${author} ${first} ${last}`;
}

function renderGlimpse({ removed, inserted }: Glimpse): TemplateResult | typeof nothing {
  if (removed.length + inserted.length === 0) return nothing;
  return html`<span class="hist-glimpse" aria-hidden="true">
    ${removed.slice(0, inserted.length === 0 ? 2 : 1).map((line) => html`<span class="hist-minus">− ${line}</span>`)}
    ${inserted.slice(0, 2).map((line) => html`<span class="hist-plus">+ ${line}</span>`)}
  </span>`;
}

customElements.define('cw-timeline', Timeline);

declare global {
  interface HTMLElementTagNameMap {
    'cw-timeline': Timeline;
  }
}
