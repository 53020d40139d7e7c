import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Answer } from './answered-hunks.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { avatarOf } from './authors.ts';
import { liesIn, namesOfChange, type AwayChange, type MergeProblem, type SharedPlace } from './away-scene.ts';
import { snippet } from './hunk-list.ts';
import { countWords, momentWords, namesWords } from './words.ts';

/** More are not listed; the texts beside the list show all of them. */
const MOST_SHOWN = 300;
/** More are not named above the list. */
const MOST_NAMED = 6;

export type AwayAction = 'show' | 'accept' | 'undo' | 'ask';

export class AwayChangeEvent extends CustomEvent<{ readonly change: AwayChange; readonly action: AwayAction }> {
  constructor(change: AwayChange, action: AwayAction) {
    super('away-change', { detail: { change, action }, bubbles: true });
  }
}

/** Which changes are listed: those without an answer, those of them in lines that others changed too or with problems. */
export type AwayFilter = 'open' | 'shared' | 'problems' | 'answered';

/** What is known of problems, for the eye. */
export type ProblemNote = 'none' | 'looking' | 'waiting' | 'failed' | 'found';

/**
 * What others did, to be answered change by change: accepted, taken back, asked about. In the list the arrow keys lead
 * from change to change; A, U and K answer the one that has the focus.
 *
 * @event away-change – a change is to be shown or answered
 * @event away-reveal – a place of the text is to be shown; the detail is its index
 */
export class AwayList extends LightElement {
  static override properties = {
    changes: { attribute: false },
    shared: { attribute: false },
    problems: { attribute: false },
    note: { attribute: false },
    answers: { attribute: false },
    mayWrite: { attribute: false },
    mayAsk: { attribute: false },
    filter: { state: true },
  };

  declare changes: readonly AwayChange[];
  declare shared: readonly SharedPlace[];
  declare problems: readonly MergeProblem[];
  declare note: ProblemNote;
  /** By the keys of the changes. */
  declare answers: ReadonlyMap<string, Answer>;
  declare mayWrite: boolean;
  declare mayAsk: boolean;
  declare private filter: AwayFilter;

  /** Place in the list that gets the focus after the next drawing. */
  private focusAt: number | null = null;

  constructor() {
    super();
    this.changes = [];
    this.shared = [];
    this.problems = [];
    this.note = 'none';
    this.answers = new Map();
    this.mayWrite = false;
    this.mayAsk = false;
    this.filter = 'open';
    this.addEventListener('keydown', (event) => this.key(event));
  }

  /** Moves the focus to a change, or to the first. */
  focusChange(key?: string): void {
    const at = this.listed(this.filter).findIndex((change) => change.key === key);
    this.bodies[Math.max(0, at)]?.focus();
  }

  protected override updated(_changed: PropertyValues): void {
    const { focusAt, bodies } = this;
    if (focusAt === null) return;
    this.focusAt = null;
    const next =
      bodies[Math.min(focusAt, bodies.length - 1)] ?? this.querySelector<HTMLElement>('.away-filters button');
    next?.focus();
  }

  protected override render(): TemplateResult {
    const listed = this.listed(this.filter);
    return html`<section class="hunks away-list" aria-label="Changes of others">
      <div class="away-found" role="status">${this.renderProblems()} ${this.renderShared()}</div>
      <div class="away-filters hist-segments" role="group" aria-label="Which changes">
        ${this.renderFilter('open', 'To review')} ${this.renderFilter('shared', 'Same lines')}
        ${this.renderFilter('problems', 'Problems')} ${this.renderFilter('answered', 'Seen')}
      </div>
      <ol data-testid="hunks">
        ${repeat(
          listed.slice(0, MOST_SHOWN),
          ({ key }) => key,
          (change) => this.renderChange(change),
        )}
      </ol>
      ${listed.length > MOST_SHOWN ? html`<p class="away-empty quiet">and ${listed.length - MOST_SHOWN} more</p>` : nothing}
      ${listed.length === 0 ? this.renderEmpty() : nothing}
    </section>`;
  }

  private get bodies(): readonly HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.away-change > .hunk-body')];
  }

  private listed(filter: AwayFilter): readonly AwayChange[] {
    const open = this.changes.filter(({ key }) => !this.answers.has(key));
    switch (filter) {
      case 'open':
        return open;
      case 'shared':
        return open.filter((change) => this.sharedIn(change).some(isSame));
      case 'problems':
        return open.filter((change) => this.problemsIn(change).length > 0);
      case 'answered':
        return this.changes.filter(({ key }) => this.answers.has(key));
    }
  }

  private sharedIn(change: AwayChange): readonly SharedPlace[] {
    return this.shared.filter((place) => liesIn(place, change));
  }

  private problemsIn(change: AwayChange): readonly MergeProblem[] {
    return this.problems.filter((problem) => liesIn(problem, change));
  }

  private renderProblems(): TemplateResult | typeof nothing {
    const { problems } = this;
    switch (this.note) {
      case 'none':
        return nothing;
      case 'looking':
        return html`<p class="away-note quiet" aria-busy="true">${icon('loader')} Looking for problems…</p>`;
      case 'waiting':
        return html`<p class="away-note quiet">
          ${icon('cloud-off')} What could tell about problems is not on this device yet.
        </p>`;
      case 'failed':
        return html`<p class="away-note quiet">${icon('circle-alert')} Problems could not be looked for.</p>`;
      case 'found':
        break;
    }
    if (problems.length === 0) {
      return html`<p class="away-note quiet" data-testid="merge-problems" data-count="0">
        ${icon('circle-check')} No problems that exist only since the merge.
      </p>`;
    }
    return html`<div class="away-box" data-kind="problems" data-testid="merge-problems" data-count=${problems.length}>
      <h3>
        ${icon('triangle-alert')} ${countWords(problems.length, 'problem')}
        ${problems.length === 1 ? 'exists' : 'exist'} only since the merge
      </h3>
      <ul>
        ${problems.slice(0, MOST_NAMED).map((problem) => html`<li>${this.renderProblem(problem, 'merge-problem')}</li>`)}
      </ul>
      ${problems.length > MOST_NAMED ? html`<p class="quiet">and ${problems.length - MOST_NAMED} more</p>` : nothing}
    </div>`;
  }

  private renderProblem({ line, message, from, severity }: MergeProblem, testId: string): TemplateResult {
    return html`<button
      class="away-line"
      data-severity=${severity}
      data-testid=${testId}
      @click=${() => this.reveal(from)}
    >
      <b>Line ${line}</b> <span>${message}</span>
    </button>`;
  }

  private renderShared(): TemplateResult | typeof nothing {
    const { shared } = this;
    if (shared.length === 0) return nothing;
    const same = shared.filter(isSame);
    const places = countWords(same.length || shared.length, 'place');
    // Neighbouring lines come last: they met less.
    const ordered = [...same, ...shared.filter((place) => !isSame(place))];
    return html`<div class="away-box" data-kind="shared" data-testid="shared-places">
      <h3>
        ${icon('blame')} ${places} where several people changed ${same.length > 0 ? 'the same' : 'neighbouring'} lines
      </h3>
      <ul>
        ${ordered.slice(0, MOST_NAMED).map(
          (place) =>
            html`<li>
              <button class="away-line" data-testid="shared-lines" @click=${() => this.reveal(place.from)}>
                <b>${linesWords(place)}</b>
                <span>${place.names}${isSame(place) ? '' : ', line beside line'}</span>
              </button>
            </li>`,
        )}
      </ul>
      ${shared.length > MOST_NAMED ? html`<p class="quiet">and ${shared.length - MOST_NAMED} more</p>` : nothing}
    </div>`;
  }

  private renderFilter(filter: AwayFilter, label: string): TemplateResult | typeof nothing {
    const { length } = this.listed(filter);
    if (length === 0 && filter !== 'open' && filter !== this.filter) return nothing;
    return html`<button
      aria-pressed=${this.filter === filter}
      data-testid=${`away-${filter}`}
      @click=${() => (this.filter = filter)}
    >
      ${label} <span class="quiet">${length}</span>
    </button>`;
  }

  private renderChange(change: AwayChange): TemplateResult {
    const { authors, time, line, lastLine, deleted, written } = change;
    const answer = this.answers.get(change.key);
    const shared = this.sharedIn(change);
    const problems = this.problemsIn(change);
    const who = namesOfChange(change);
    const place = linesWords({ line, last: lastLine });
    return html`<li class="hunk away-change" data-testid="hunk" data-key=${change.key}>
      <button
        class="hunk-body"
        aria-keyshortcuts=${answer === undefined ? 'A U K' : nothing}
        @click=${() => this.send(change, 'show')}
      >
        <span class="hunk-who">
          ${authors.slice(0, 3).map(avatarOf)} <span>${who}</span>
          ${time > 0 ? html`<span class="quiet">${momentWords(time, Date.now())}</span>` : nothing}
          <span class="hunk-line quiet">${place}</span>
        </span>
        ${deleted === '' ? nothing : html`<span class="hist-minus">− ${snippet(deleted)}</span>`}
        ${written === '' ? nothing : html`<span class="hist-plus">+ ${snippet(written)}</span>`}
        ${shared.map(
          ({ names, kind }) =>
            html`<span class="away-tag" data-kind=${kind} data-testid="hunk-shared">
              ${icon('blame')} ${kind === 'same' ? 'Same lines' : 'Line beside line'}: ${names}
            </span>`,
        )}
      </button>
      ${problems.slice(0, MOST_NAMED).map((problem) => this.renderProblem(problem, 'hunk-problem'))}
      ${
        answer === undefined
          ? this.renderAnswers(change, who)
          : html`<p class="away-answered quiet">
              ${answer === 'accepted' ? icon('check') : icon('undo')} ${answer === 'accepted' ? 'Accepted' : 'Undone'}
            </p>`
      }
    </li>`;
  }

  private renderAnswers(change: AwayChange, who: string): TemplateResult {
    const button = (action: AwayAction, name: IconName, label: string, key: string, what: string): TemplateResult =>
      html`<button
        class="away-act"
        title=${`${what} (${key})`}
        aria-label=${`${what}, ${linesWords({ line: change.line, last: change.lastLine }).toLowerCase()}`}
        data-testid=${`hunk-${action}`}
        @click=${() => this.send(change, action)}
      >
        ${icon(name)} ${label}
      </button>`;
    const asked = othersIn(change);
    return html`<div class="away-acts">
      ${button('accept', 'check', 'Accept', 'A', `Accept what ${who} did`)}
      ${this.mayWrite ? button('undo', 'undo', 'Undo', 'U', `Undo what ${who} did`) : nothing}
      ${
        this.mayAsk && asked.length > 0
          ? button('ask', 'message-square-plus', `Ask ${namesWords(asked)}`, 'K', `Ask ${namesWords(asked)} about it`)
          : nothing
      }
    </div>`;
  }

  private renderEmpty(): TemplateResult {
    const sentence = this.filter === 'open' ? 'Nothing left to review.' : 'Nothing here that waits for an answer.';
    return html`<p class="away-empty quiet">${sentence}</p>`;
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    const item = event.target.closest<HTMLElement>('.away-change');
    const change = this.listed(this.filter).find(({ key }) => key === item?.dataset['key']);
    if (!change) return;
    const actions: Readonly<Record<string, AwayAction | undefined>> = { a: 'accept', u: 'undo', k: 'ask' };
    const action = actions[event.key.toLowerCase()];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const at = this.bodies.findIndex((body) => item?.contains(body) === true);
      this.bodies[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
    } else if (action !== undefined && item?.querySelector(`[data-testid="hunk-${action}"]`)) this.send(change, action);
    else return;
    event.preventDefault();
  };

  private send(change: AwayChange, action: AwayAction): void {
    // What is answered goes from the list, and the focus would go with it.
    if (action === 'accept' || action === 'undo') this.focusAt = this.listed(this.filter).indexOf(change);
    this.dispatchEvent(new AwayChangeEvent(change, action));
  }

  private reveal(index: number): void {
    this.dispatchEvent(new CustomEvent('away-reveal', { detail: index, bubbles: true }));
  }
}

/** The names of those who can be asked about a change. */
export function othersIn({ authors }: AwayChange): string[] {
  return authors.filter(({ id, isMe }) => id !== null && !isMe).map(({ name }) => name);
}

function isSame({ kind }: SharedPlace): boolean {
  return kind === 'same';
}

function linesWords({ line, last }: { readonly line: number; readonly last: number }): string {
  return line === last ? `Line ${line}` : `Lines ${line}–${last}`;
}

customElements.define('cw-away-list', AwayList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-away-list': AwayList;
  }
  interface HTMLElementEventMap {
    'away-change': AwayChangeEvent;
    'away-reveal': CustomEvent<number>;
  }
}
