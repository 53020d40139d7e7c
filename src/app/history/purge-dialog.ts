import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type TemplateResult } from 'lit';
import { fileDocumentId } from '../../core/ids.ts';
import { isTyped } from '../../core/names.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { Steps } from '../session/history/workbench.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { authorOf, nameOf } from './authors.ts';
import { fieldOf, momentOf, purgeSize, type PurgeSize } from './purge-moment.ts';
import { QuotingComments } from './quoting-comments.ts';
import { ready } from './ready.ts';
import { countWords, exactWords, momentWords } from './words.ts';
import './purge-dialog.css';

const MINUTE_MS = 60_000;

/** What is asked about: one file of a project. */
interface Question {
  readonly session: ProjectSession;
  /** Node id. */
  readonly file: string;
  readonly name: string;
  readonly history: FileHistory;
  readonly quotes: QuotingComments;
}

/**
 * Removes the history of a file from before a moment: says what goes, and wants the name of the file, since there is no
 * way back.
 *
 * @event toast – it is done
 */
export class PurgeDialog extends LightElement {
  static override properties = {
    question: { state: true },
    steps: { state: true },
    moment: { state: true },
    all: { state: true },
    typed: { state: true },
    problem: { state: true },
    busy: { state: true },
    open: { state: true },
  };

  declare private question: Question | null;
  /** `null` until they are read. */
  declare private steps: Steps | null;
  /** What the field for the moment holds. */
  declare private moment: string;
  /** Everything that is saved by now is to go: the field knows no seconds. */
  declare private all: boolean;
  declare private typed: string;
  declare private problem: string | null;
  declare private busy: boolean;
  declare private open: boolean;
  private readonly quotes = new Observed(this, () => this.question?.quotes.count);

  constructor() {
    super();
    this.question = null;
    this.reset();
    this.open = false;
  }

  /** @param file node id */
  ask(session: ProjectSession, file: string): void {
    this.release();
    this.reset();
    const name = session.tree.value.byId.get(file)?.shownName ?? 'this file';
    const quotes = new QuotingComments(session, file);
    const question = { session, file, name, history: session.history.file(file), quotes };
    this.question = question;
    this.open = true;
    this.read(question).catch((error: unknown) => {
      if (this.question === question) this.problem = error instanceof Error ? error.message : String(error);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release();
    this.question = null;
  }

  protected override render(): TemplateResult {
    const { question } = this;
    // It is always there: Web Awesome tells nobody of a dialog that is born open.
    return html`<wa-dialog
      label=${question === null ? '' : `Remove old history of ${question.name}`}
      ?open=${this.open}
      @wa-show=${this.focusSoon}
      @wa-after-hide=${this.closed}
      data-testid="purge-dialog"
    >
      ${question === null ? nothing : this.renderForm(question)}
    </wa-dialog>`;
  }

  private renderForm(question: Question): TemplateResult {
    const size = this.sizeOf(question);
    const { name } = question;
    const mayGo = size !== null && size.edits > 0 && isTyped(this.typed, name);
    return html`<form class="purge-form" @submit=${this.submit} novalidate>
      <div class="purge-when">
        <wa-input
          type="datetime-local"
          label="Remove everything before"
          .value=${this.moment}
          data-testid="purge-moment"
          @input=${this.choose}
        ></wa-input>
        <wa-button
          appearance="outlined"
          ?disabled=${(this.steps?.times.length ?? 0) === 0}
          data-testid="purge-all"
          @click=${this.chooseAll}
        >
          All until now
        </wa-button>
      </div>
      <div class="purge-size" role="status" data-testid="purge-size">${this.renderSize(question, size)}</div>
      <ul class="purge-facts">
        <li>The text stays as it is.</li>
        <li>
          Nobody can see any more who wrote what is older, nor what it was before. Blame says “Before the history” for
          it.
        </li>
        ${
          size !== null && size.versions > 0
            ? html`<li data-testid="purge-versions">
                ${countWords(size.versions, 'named version')} from before that moment
                ${size.versions === 1 ? 'loses its' : 'lose their'} text of this file.
              </li>`
            : nothing
        }
        ${this.renderQuotes()}
        <li><strong>This cannot be undone.</strong></li>
      </ul>
      <wa-input
        class="purge-name"
        label=${`Type ${name} to confirm`}
        autocomplete="off"
        spellcheck="false"
        .value=${this.typed}
        data-testid="purge-name"
        @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)}
      ></wa-input>
      <div role="alert">
        ${
          this.problem === null
            ? nothing
            : html`<p class="message error" data-testid="purge-problem">${icon('circle-alert')} ${this.problem}</p>`
        }
      </div>
      <div class="dialog-actions">
        <wa-button appearance="outlined" @click=${() => (this.open = false)}>Cancel</wa-button>
        <wa-button type="submit" variant="danger" ?disabled=${!mayGo} ?loading=${this.busy} data-testid="purge-submit">
          ${size === null || size.edits === 0 ? 'Remove for ever' : `Remove ${countWords(size.edits, 'edit')} for ever`}
        </wa-button>
      </div>
    </form>`;
  }

  private renderQuotes(): TemplateResult | typeof nothing {
    const count = this.quotes.value ?? 0;
    if (count === 0) return nothing;
    const [quote, they, them] = count === 1 ? ['quotes', 'It is', 'it'] : ['quote', 'They are', 'them'];
    return html`<li data-testid="purge-quotes">
      ${countWords(count, 'comment')} ${quote} text that is not in the file any more. ${they} not changed: delete
      ${them}, too, if nobody is to read it.
    </li>`;
  }

  private renderSize({ session }: Question, size: PurgeSize | null): TemplateResult | string {
    const now = Date.now();
    if (this.steps === null) return this.problem === null ? 'Reading the history…' : '';
    if (size === null) {
      const moment = this.moment === '' ? null : momentOf(this.moment, now);
      return moment !== null && 'problem' in moment
        ? moment.problem
        : 'Choose a day and a time: what goes is said here.';
    }
    if (size.edits === 0) return 'Nothing is older than that moment.';
    const people = size.authors.map((id) => nameOf(authorOf(session, id))).join(', ');
    const rest =
      size.stays === 0 ? 'no edit stays' : `${countWords(size.stays, 'edit')} ${size.stays === 1 ? 'stays' : 'stay'}`;
    return html`<strong>${countWords(size.edits, 'edit')}</strong> ${size.edits === 1 ? 'goes' : 'go'}, ${rest} in the
      history. What goes was written by ${people} from ${momentWords(size.first, now)} to
      ${momentWords(size.last, now)}.`;
  }

  private sizeOf({ session, file }: Question): PurgeSize | null {
    const { until: before } = this;
    if (this.steps === null || before === null) return null;
    return purgeSize(this.steps, session.history.versions.value, fileDocumentId(file), before);
  }

  /** The chosen moment, epoch milliseconds; `null` while there is none that can be. */
  private get until(): number | null {
    if (this.all) return (this.steps?.times.at(-1) ?? 0) + 1;
    const moment = momentOf(this.moment, Date.now());
    return 'problem' in moment ? null : moment.time;
  }

  private readonly choose = (event: Event): void => {
    this.moment = (event.target as HTMLInputElement).value;
    this.all = false;
  };

  private readonly chooseAll = (): void => {
    this.all = true;
    this.moment = fieldOf((this.steps?.times.at(-1) ?? 0) + MINUTE_MS);
  };

  private async read(question: Question): Promise<void> {
    await ready(question.history.state);
    const steps = await question.history.ask('steps');
    if (this.question === question) this.steps = steps;
  }

  private release(): void {
    this.question?.history.close();
    this.question?.quotes.close();
  }

  private reset(): void {
    this.steps = null;
    this.moment = '';
    this.all = false;
    this.typed = '';
    this.problem = null;
    this.busy = false;
  }

  private readonly focusSoon = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    requestAnimationFrame(() => this.querySelector('wa-input')?.focus());
  };

  private readonly closed = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.release();
    this.question = null;
  };

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { question } = this;
    if (question === null || this.busy) return;
    const { until: before } = this;
    if (before === null || !isTyped(this.typed, question.name) || (this.sizeOf(question)?.edits ?? 0) === 0) return;
    this.busy = true;
    this.problem = null;
    const purged = await question.session.purgeHistory(question.file, new Date(before).toISOString());
    this.busy = false;
    if (!purged.ok) {
      this.problem = purged.message;
      return;
    }
    const removed = `${countWords(purged.value, 'edit')} from before ${exactWords(before)}`;
    const message =
      purged.value === 0
        ? 'Nothing was older than that moment.'
        : `${removed} removed from the history of ${question.name} for ever.`;
    this.dispatchEvent(new ToastEvent({ message, tone: 'success' }));
    this.open = false;
  };
}

customElements.define('cw-purge-dialog', PurgeDialog);

declare global {
  interface HTMLElementTagNameMap {
    'cw-purge-dialog': PurgeDialog;
  }
}
