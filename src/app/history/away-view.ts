import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ProjectSession } from '../session/api.ts';
import { AnnounceEvent, ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { AnsweredHunks, type Answer } from './answered-hunks.ts';
import { askAuthor } from './ask-author.ts';
import './away-list.ts';
import type { AwayChangeEvent } from './away-list.ts';
import { AwayProblems } from './away-problems.ts';
import {
  awayScene,
  gatherAway,
  type AwayChange,
  type AwayMaterial,
  type AwayScene,
  type MergeProblem,
} from './away-scene.ts';
import { HistoryApplyEvent, HistoryShowEvent, type HistoryView } from './events.ts';
import './moment-editor.ts';
import type { Layout, LineMark } from './moment-editor.ts';
import { OpenHistoryController } from './open-history.ts';
import { lineAt } from './scene.ts';
import { renderSides } from './sides.ts';
import { countWords } from './words.ts';
import './moment.css';
import './away.css';

/** In pixels: with less, two texts beside each other and the list are too narrow to read. */
const ROOM_FOR_TWO = 900;

const LABELS = ['Without what others did', 'Now'] as const;

/**
 * What others did to a file while the user was away, over the editor: each change to be accepted, taken back or asked
 * about, with the lines that several people changed, and the problems that exist only since the texts came together.
 *
 * @event history-show – `null`: it is closed
 * @event history-apply – a change is to be taken back
 * @event away-done – every change has an answer
 * @event comment-begin – a question to an author is to be written
 */
export class AwayReview extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    view: { attribute: false },
    editor: { attribute: false },
    theme: { attribute: false },
    wantedLayout: { state: true },
    isWide: { state: true },
    material: { state: true },
    undone: { state: true },
    answers: { state: true },
    problem: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  declare view: Extract<HistoryView, { kind: 'absence' }>;
  /** The editor below; `null` until it shows the file. */
  declare editor: EditorContext | null;
  declare theme: Theme;
  declare private wantedLayout: Layout;
  declare private isWide: boolean;
  declare private material: AwayMaterial | null;
  /** Indexes of the changes that were taken back since it was opened. */
  declare private undone: ReadonlySet<number>;
  declare private answers: ReadonlyMap<string, Answer>;
  declare private problem: string | null;

  private readonly history = new OpenHistoryController(
    this,
    () => this.session?.history,
    () => ({ node: this.view.node }),
  );
  private readonly problems = new AwayProblems(this);
  private answered: AnsweredHunks | null = null;
  private scene: AwayScene | null = null;
  private asked: HistoryView | null = null;
  private cameFrom: Element | null = null;
  private readonly room = new ResizeObserver(() => (this.isWide = this.clientWidth >= ROOM_FOR_TWO));

  constructor() {
    super();
    this.editor = null;
    this.wantedLayout = 'split';
    this.isWide = true;
    this.material = null;
    this.undone = new Set();
    this.answers = new Map();
    this.problem = null;
    this.addEventListener('keydown', (event) => this.key(event));
    this.addEventListener('away-change', (event) => this.answer(event));
    this.addEventListener('away-reveal', ({ detail }) => this.reveal(detail));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.cameFrom = document.activeElement;
    this.room.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.disconnect();
    if (this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected) this.cameFrom.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('view')) this.begin();
    if (changed.has('material') || changed.has('undone')) {
      this.scene = this.material === null ? null : awayScene(this.session, this.material, this.undone);
    }
    if (this.scene && this.material) {
      this.problems.look({ name: this.path, text: this.scene.after, sides: this.material.sides });
    }
  }

  protected override updated(_changed: PropertyValues): void {
    const { fileState: state, file } = this.history;
    if (state?.kind === 'failed') this.problem ??= state.message;
    if (state?.kind !== 'ready' || file === null || this.asked === this.view) return;
    const { view } = this;
    this.asked = view;
    gatherAway(this.session, file, view.since).then(
      (material) => {
        if (this.view === view) this.show(material);
      },
      (error: unknown) => {
        if (this.view === view) this.problem = error instanceof Error ? error.message : String(error);
      },
    );
  }

  protected override render(): TemplateResult {
    const { scene, problem } = this;
    return html`<section
      class="moment away"
      tabindex="-1"
      aria-label=${this.heading}
      data-testid="moment"
      data-kind="absence"
    >
      ${this.renderHead()}
      <div class="moment-body">
        ${
          problem !== null
            ? html`<div class="hist-empty" role="alert">
                ${icon('circle-alert')}
                <p>${problem}</p>
              </div>`
            : scene === null
              ? html`<p class="hist-note quiet" aria-busy="true">Reading the history…</p>`
              : this.renderScene(scene)
        }
      </div>
    </section>`;
  }

  private get path(): string {
    const { byId, trash } = this.session.tree.value;
    const { node } = this.view;
    return byId.get(node)?.path ?? trash.find(({ id }) => id === node)?.name ?? 'file';
  }

  private get layout(): Layout {
    return this.isWide ? this.wantedLayout : 'inline';
  }

  private get heading(): string {
    return `While you were away: ${this.path}`;
  }

  private renderHead(): TemplateResult {
    const layout = (wanted: Layout, label: string): TemplateResult =>
      html`<button
        aria-pressed=${this.layout === wanted}
        data-testid=${`layout-${wanted}`}
        ?disabled=${!this.isWide}
        @click=${() => (this.wantedLayout = wanted)}
      >
        ${label}
      </button>`;
    return html`<header class="moment-head">
      ${icon('history')}
      <h2 title=${this.heading}>${this.heading}</h2>
      <span class="spacer"></span>
      <div class="hist-segments" role="group" aria-label="How to show it">
        ${layout('split', 'Side by side')} ${layout('inline', 'Inline')}
      </div>
      <wa-button
        size="s"
        variant="brand"
        data-testid="accept-all"
        ?disabled=${this.scene === null}
        @click=${this.acceptAll}
        >Accept all</wa-button
      >
      <button
        class="icon-button"
        aria-label="Close"
        title="Close (Escape)"
        data-testid="moment-close"
        @click=${this.close}
      >
        ${icon('x')}
      </button>
    </header>`;
  }

  private renderScene({ before, after, marks, changes, shared }: AwayScene): TemplateResult {
    const { state } = this.problems;
    const problems =
      state.kind === 'found' ? state.problems.map((one) => ({ ...one, line: lineAt(after, one.from) })) : [];
    return html`<div class="moment-texts">
        ${renderSides(this.layout, LABELS)}
        <cw-moment-editor
          .layout=${this.layout}
          .earlier=${before}
          .later=${after}
          .marks=${marks}
          .lines=${this.linesOf(shared, problems)}
          .labels=${LABELS}
          .name=${this.path}
          .theme=${this.theme}
        ></cw-moment-editor>
      </div>
      <cw-away-list
        .changes=${changes}
        .shared=${shared}
        .problems=${problems}
        .note=${state.kind}
        .answers=${this.answers}
        .mayWrite=${mayWrite(this.role, 'file')}
        .mayAsk=${mayWrite(this.role, 'review') && this.editor !== null}
      ></cw-away-list>`;
  }

  private linesOf(shared: AwayScene['shared'], problems: readonly MergeProblem[]): LineMark[] {
    return [
      ...shared.map(({ kind, line, last, names }): LineMark => {
        return { kind, line, last, range: null, label: `Changed by ${names}` };
      }),
      ...problems.map(({ line, from, to, message }): LineMark => {
        return { kind: 'problem', line, last: line, range: { from, to }, label: `Only since the merge: ${message}` };
      }),
    ];
  }

  private begin(): void {
    const { session, view } = this;
    this.material = null;
    this.undone = new Set();
    this.problem = null;
    this.asked = null;
    this.answered = new AnsweredHunks(session.user.id, session.id, view.node, view.since);
    this.answers = this.answered.read();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.moment')?.focus());
  }

  private show(material: AwayMaterial): void {
    this.material = material;
    this.problem = null;
    this.updateComplete
      .then(() => {
        const { scene } = this;
        if (scene === null) return;
        const open = scene.changes.filter(({ key }) => !this.answers.has(key));
        this.dispatchEvent(new AnnounceEvent(`${this.heading}: ${countWords(open.length, 'change')}`));
        const [first] = open;
        if (first) this.reveal(first.from);
        this.querySelector('cw-away-list')?.focusChange();
      })
      .catch((error: unknown) => console.error(error));
  }

  private answer({ detail: { change, action } }: AwayChangeEvent): void {
    switch (action) {
      case 'show':
        return this.reveal(change.from);
      case 'accept':
        this.put(change, 'accepted');
        if (this.isDone) this.close();
        return;
      case 'undo':
        return this.takeBack(change);
      case 'ask':
        this.ask(change).catch((error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          this.dispatchEvent(new ToastEvent({ message, tone: 'danger' }));
        });
    }
  }

  private takeBack(change: AwayChange): void {
    const { material, view } = this;
    if (material === null) return;
    this.put(change, 'undone');
    this.undone = new Set([...this.undone, change.index]);
    const settled = (isDone: boolean): void => {
      if (isDone || this.view !== view) return;
      this.put(change, null);
      this.undone = new Set([...this.undone].filter((index) => index !== change.index));
    };
    const chosen = new Set([change.index]);
    const { plan } = material.absence;
    this.dispatchEvent(new HistoryApplyEvent({ node: view.node, plan, chosen, done: 'Taken back.', settled }));
  }

  private async ask(change: AwayChange): Promise<void> {
    const { material, editor } = this;
    const { file } = this.history;
    if (material === null || editor === null || file === null) return;
    const back = (): void => this.querySelector('cw-away-list')?.focusChange(change.key);
    const begin = await askAuthor(editor, file, material.absence.plan, change, back);
    this.dispatchEvent(begin);
  }

  private get isDone(): boolean {
    return this.scene?.changes.every(({ key }) => this.answers.has(key)) === true;
  }

  private put({ key }: AwayChange, answer: Answer | null): void {
    const answers = new Map(this.answers);
    if (answer === null) answers.delete(key);
    else answers.set(key, answer);
    this.answers = answers;
    this.answered?.write(answers);
  }

  private reveal(index: number): void {
    this.querySelector('cw-moment-editor')?.reveal('after', index);
  }

  private readonly acceptAll = (): void => this.end(true);

  /** What has no answer yet is offered again. */
  private readonly close = (): void => this.end(this.isDone);

  private end(isDone: boolean): void {
    if (isDone) {
      this.answered?.write(new Map());
      this.dispatchEvent(new CustomEvent('away-done', { bubbles: true }));
    }
    this.dispatchEvent(new HistoryShowEvent(null));
  }

  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.key !== 'Escape') return;
    event.preventDefault();
    this.close();
  }
}

customElements.define('cw-away', AwayReview);

declare global {
  interface HTMLElementTagNameMap {
    'cw-away': AwayReview;
  }
  interface HTMLElementEventMap {
    'away-done': CustomEvent<null>;
  }
}
