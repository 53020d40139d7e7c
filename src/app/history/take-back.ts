import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { RollbackChoice } from '../../core/history/rollback.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { Overview, Steps } from '../session/history/workbench.ts';
import { LightElement } from '../ui/light-element.ts';
import { authorOf, nameOf } from './authors.ts';
import { HistoryShowEvent } from './events.ts';
import { fieldOf, momentOf } from './purge-moment.ts';
import { momentWords } from './words.ts';
import './take-back.css';

const MINUTE_MS = 60_000;

/** The times of two fields, or why they cannot be used. The minutes that are named belong to it, the last one as a whole. */
export function intervalOf(
  from: string,
  to: string,
): { readonly start: number; readonly end: number } | { readonly problem: string } {
  const first = momentOf(from, Infinity);
  const last = momentOf(to, Infinity);
  if ('problem' in first) return first;
  if ('problem' in last) return last;
  if (last.time < first.time) return { problem: 'The end is before the beginning.' };
  return { start: first.time, end: Math.floor(last.time / MINUTE_MS) * MINUTE_MS + MINUTE_MS - 1 };
}

/**
 * Asks whose work of which time is to be taken back from a file: "what Bob did between 14:00 and 14:10". It is shown before
 * it is done.
 *
 * @event history-show – what taking it back would change
 */
export class TakeBack extends LightElement {
  static override properties = {
    session: { attribute: false },
    history: { attribute: false },
    overview: { attribute: false },
    author: { state: true },
    from: { state: true },
    to: { state: true },
    problem: { state: true },
  };

  declare session: ProjectSession;
  declare history: FileHistory;
  declare overview: Overview;
  /** User id; `null`: nobody was chosen yet. */
  declare private author: string | null;
  /** What the fields hold; `null`: what is proposed. */
  declare private from: string | null;
  declare private to: string | null;
  declare private problem: string | null;

  constructor() {
    super();
    this.reset();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('history')) this.reset();
  }

  protected override render(): TemplateResult {
    const { author, from, to } = this.proposal;
    return html`<details class="take-back" data-testid="take-back-interval">
      <summary>Take back…</summary>
      <form @submit=${this.submit} novalidate>
        <label>
          <span>What was done by</span>
          <select
            data-testid="take-back-person"
            @change=${(event: Event) => (this.author = (event.target as HTMLSelectElement).value)}
          >
            ${this.overview.authors.map((id) => {
              const name = nameOf(authorOf(this.session, id));
              return html`<option value=${id} ?selected=${id === author}>${name}</option>`;
            })}
          </select>
        </label>
        ${this.renderField('From', 'take-back-from', from, (value) => (this.from = value))}
        ${this.renderField('To, with that minute', 'take-back-to', to, (value) => (this.to = value))}
        <p class="quiet">
          What others did stays, and so does what was done before and after. You see it before it is done.
        </p>
        <div role="alert">
          ${this.problem === null ? nothing : html`<p class="message error" data-testid="take-back-problem">${this.problem}</p>`}
        </div>
        <button class="hist-link" type="submit" data-testid="take-back-preview">Show what would change</button>
      </form>
    </details>`;
  }

  private renderField(label: string, id: string, value: string, pick: (value: string) => void): TemplateResult {
    return html`<label>
      <span>${label}</span>
      <input
        type="datetime-local"
        data-testid=${id}
        .value=${value}
        @change=${(event: Event) => pick((event.target as HTMLInputElement).value)}
      />
    </label>`;
  }

  /** The newest session is a good beginning: most often the last thing is to go. */
  private get proposal(): { readonly author: string; readonly from: string; readonly to: string } {
    const { author, from, to } = this;
    const { sessions, authors } = this.overview;
    const newest = sessions.findLast((one) => author === null || one.author === author);
    return {
      author: author ?? newest?.author ?? authors[0] ?? '',
      from: from ?? (newest ? fieldOf(newest.start) : ''),
      to: to ?? (newest ? fieldOf(newest.end) : ''),
    };
  }

  private reset(): void {
    this.author = null;
    this.from = null;
    this.to = null;
    this.problem = null;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { author, from, to } = this.proposal;
    const interval = intervalOf(from, to);
    this.problem = 'problem' in interval ? interval.problem : null;
    if ('problem' in interval) return;
    this.show({ author, ...interval }).catch((error: unknown) => {
      this.problem = error instanceof Error ? error.message : String(error);
    });
  };

  private async show(choice: Extract<RollbackChoice, { author: string }>): Promise<void> {
    const { history } = this;
    const steps = await history.ask('steps');
    if (this.history !== history) return;
    const { author, start, end } = choice;
    const { name } = authorOf(this.session, author);
    if (!hasAny(steps, author, start, end)) {
      this.problem = `${name} did nothing in this file in that time.`;
      return;
    }
    const now = Date.now();
    const title = `Without what ${name} did (${momentWords(start, now)} to ${momentWords(end, now)})`;
    this.dispatchEvent(new HistoryShowEvent({ kind: 'rollback', node: history.id, choice, title }));
  }
}

function hasAny({ times, by, authors }: Steps, author: string, start: number, end: number): boolean {
  return times.some((time, index) => time >= start && time <= end && authors[by[index] ?? 0] === author);
}

customElements.define('cw-take-back', TakeBack);

declare global {
  interface HTMLElementTagNameMap {
    'cw-take-back': TakeBack;
  }
}
