import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { fileDocumentId } from '../../core/ids.ts';
import type { Hunk } from '../../core/history/types.ts';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { Frame, Overview, Steps } from '../session/history/workbench.ts';
import { AnnounceEvent, ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { authorOf, nameOf } from './authors.ts';
import { HistoryApplyEvent, HistoryShowEvent, type FileView, type HistoryView } from './events.ts';
import './hunk-list.ts';
import type { HunkEvent } from './hunk-list.ts';
import './moment-editor.ts';
import type { Layout, Mark } from './moment-editor.ts';
import { ROOM_FOR_TWO } from './layout-choice.ts';
import { renderSides } from './sides.ts';
import { renderMomentHead } from './moment-head.ts';
import { renderNotes } from './moment-notes.ts';
import { HeldPlaces } from './held-places.ts';
import { OpenHistoryController } from './open-history.ts';
import { findIn, lineAt, sceneOf, type Scene } from './scene.ts';
import './scrubber.ts';
import type { ScrubEvent } from './scrubber.ts';
import type { Stride } from './playback.ts';
import './version-dialog.ts';
import { countWords, momentWords } from './words.ts';
import './moment.css';

/**
 * The past of a file over the editor: a moment beside another, what bringing it back or taking something back would
 * change.
 *
 * @event history-show – another view, `null` when it is closed
 * @event history-apply – a plan is to be carried out
 * @event toast – the moment cannot be named
 */
export class MomentView extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    view: { attribute: false },
    theme: { attribute: false },
    position: { state: true },
    base: { state: true },
    layout: { state: true },
    scene: { state: true },
    frame: { state: true },
    steps: { state: true },
    chosen: { state: true },
    problem: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  declare view: FileView;
  declare theme: Theme;
  declare private position: number;
  declare private base: number | 'now';
  declare private layout: Layout;
  declare private scene: Scene | null;
  /** While it is played or scrubbed, and in the layout that shows one text. */
  declare private frame: Frame | null;
  declare private steps: Steps | null;
  declare private chosen: ReadonlySet<number>;
  declare private problem: string | null;

  private readonly history = new OpenHistoryController(
    this,
    () => this.session?.history,
    () => ({ node: this.view.node }),
  );
  private readonly places = new HeldPlaces();
  /** The moment just before the session from which the view was opened. */
  private start: number | 'now' = 'now';
  /** Whether `base` is the moment just before an edit, or the one just after it. */
  private isBaseBefore = true;
  /** What the positions are of. */
  private seen: Overview | null = null;
  /** Goes up when something came that is older than what was there: plans are made anew then. */
  private era = 0;
  /** An owner has removed the moment from the history: there is nothing left to ask for. */
  private isRemoved = false;
  private isAsking = false;
  private askedFor = '';
  private cameFrom: Element | null = null;

  constructor() {
    super();
    this.position = 0;
    this.base = 'now';
    this.layout = 'split';
    this.scene = null;
    this.frame = null;
    this.steps = null;
    this.chosen = new Set();
    this.problem = null;
    this.addEventListener('keydown', (event) => this.key(event));
    this.addEventListener('scrub', (event: ScrubEvent) => (this.position = event.detail.position));
    this.addEventListener('hunk', (event: HunkEvent) => this.answer(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.cameFrom = document.activeElement;
    if (this.clientWidth < ROOM_FOR_TWO) this.layout = 'inline';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected) this.cameFrom.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('view')) this.begin();
    if (changed.has('layout') && this.layout !== 'text') this.frame = null;
  }

  protected override updated(_changed: PropertyValues): void {
    const { fileState: state } = this.history;
    if (state?.kind === 'ready') this.ask(state.overview);
  }

  protected override render(): TemplateResult {
    const { view, scene, problem } = this;
    return html`<section
      class="moment"
      tabindex="-1"
      aria-label=${`History: ${this.heading}`}
      data-testid="moment"
      data-kind=${view.kind}
    >
      ${this.renderHead()} ${scene === null ? nothing : renderNotes(this.session, view.kind, scene)}
      <div class="moment-body">
        ${
          problem !== null
            ? html`<div class="hist-empty" role="alert">
                ${icon('circle-alert')}
                <p>${problem}</p>
              </div>`
            : scene === null && this.frame === null
              ? html`<p class="hist-note quiet" aria-busy="true">Reading the history…</p>`
              : this.renderTexts()
        }
      </div>
      <cw-version-dialog></cw-version-dialog>
      ${
        view.kind === 'moment' && this.steps !== null
          ? html`<cw-scrubber .session=${this.session} .steps=${this.steps} .position=${this.position}></cw-scrubber>`
          : nothing
      }
    </section>`;
  }

  private get path(): string {
    const { byId, trash } = this.session.tree.value;
    const { node } = this.view;
    return byId.get(node)?.path ?? trash.find(({ id }) => id === node)?.name ?? 'file';
  }

  private get heading(): string {
    const { view } = this;
    switch (view.kind) {
      case 'moment':
        return this.path;
      case 'restore':
        return `Restore ${this.path}`;
      case 'rollback':
        return view.title;
    }
  }

  private renderHead(): TemplateResult {
    const { view, scene, chosen } = this;
    const doc = fileDocumentId(view.node);
    const state = this.history.fileState;
    // The texts of earlier versions have been purged.
    const knownSince = state?.kind === 'ready' ? state.overview.knownSince : -Infinity;
    return renderMomentHead({
      view,
      heading: this.heading,
      layout: this.layout,
      versions: this.session.history.versions.value.filter(
        (version) => (version.doc === doc || version.doc === null) && version.time >= knownSince,
      ),
      mayWrite: mayWrite(this.role, 'file'),
      chosen: chosen.size,
      all: scene?.hunks.length ?? 0,
      onLayout: (layout) => (this.layout = layout),
      onBase: this.chooseBase,
      onName: this.position < 1 ? null : () => void this.nameMoment(),
      onRestore: () => this.go({ kind: 'restore', node: view.node, position: this.position }),
      onApply: () => this.apply(chosen),
      onClose: this.close,
    });
  }

  private renderTexts(): TemplateResult {
    const { scene, frame } = this;
    const isText = this.layout === 'text' && frame !== null;
    const labels = scene?.labels ?? (['Before', 'After'] as const);
    return html`<div class="moment-texts">
        ${isText ? nothing : renderSides(this.layout, labels)}
        <cw-moment-editor
          .layout=${isText ? 'text' : this.layout === 'text' ? 'split' : this.layout}
          .earlier=${scene?.before ?? ''}
          .later=${isText ? frame.text : (scene?.after ?? '')}
          .marks=${isText ? this.marksOf(frame) : (scene?.marks ?? [])}
          .labels=${labels}
          .name=${this.path}
          .theme=${this.theme}
        ></cw-moment-editor>
      </div>
      ${
        scene === null || isText
          ? nothing
          : html`<cw-hunks
              .session=${this.session}
              .hunks=${scene.hunks}
              .mode=${scene.plan === null ? 'look' : 'choose'}
              .chosen=${this.chosen}
              .lineOf=${(hunk: Hunk) => lineAt(scene.after, hunk.after)}
            ></cw-hunks>`
      }`;
  }

  private marksOf({ changes, author, time }: Frame): Mark[] {
    const who = authorOf(this.session, author);
    const label = `${nameOf(who)}, ${momentWords(time, Date.now())}`;
    return changes.map(({ index, length }) => ({
      side: 'after',
      from: index,
      to: index + length,
      color: who.color,
      label,
    }));
  }

  private begin(): void {
    const { view } = this;
    this.scene = null;
    this.frame = null;
    this.problem = null;
    this.isRemoved = false;
    this.chosen = new Set();
    this.askedFor = '';
    this.seen = null;
    this.places.forget();
    // What was clicked is gone with the view before: keys are to go on working.
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.moment')?.focus());
    if (view.kind === 'restore') this.position = view.position;
    if (view.kind === 'moment') {
      this.position = view.position;
      this.base = view.base;
      this.start = view.base;
      this.isBaseBefore = true;
    } else if (this.layout === 'text') this.layout = 'split';
  }

  /** Asks for what is to be shown, if that is something else than what was asked for last. */
  private ask(overview: Overview): void {
    const { view, position, base, layout } = this;
    const { file } = this.history;
    const { length } = overview;
    if (file === null || this.isAsking || this.isRemoved) return;
    if (this.seen !== null && this.seen !== overview) {
      this.whileAsking(view, this.follow(file));
      this.seen = overview;
      return;
    }
    this.seen = overview;
    const isMoment = view.kind === 'moment';
    // A plan is made once: what comes after it does not change what it is about, only what comes in between does.
    const key = JSON.stringify([view, isMoment ? [position, base, layout === 'text', length] : this.era]);
    // One question at a time: a playback that is faster than the answers leaves steps out instead of falling behind.
    if (key === this.askedFor) return;
    this.askedFor = key;
    const needsSteps = isMoment && this.steps?.times.length !== length;
    const answers = Promise.all([
      this.places.hold(file, [
        position,
        length,
        ...this.edgesOf(base, this.isBaseBefore),
        ...this.edgesOf(this.start, true),
      ]),
      needsSteps ? file.ask('steps').then((steps) => (this.steps = steps)) : null,
      isMoment && layout === 'text' ? this.askFrame(file, position) : this.askScene(file, view, position, base),
    ]);
    this.whileAsking(view, answers);
  }

  /** Positions become those that the same rows have now. */
  private async follow(file: FileHistory): Promise<void> {
    const { position, base } = this;
    const { places, view } = this;
    const placeNow = await places.follow(file);
    if (this.view !== view) return;
    if (view.kind !== 'rollback' && places.isGone(position)) return this.tellRemoved();
    // The moments are others if rows before them are gone, even where the numbers are the same.
    const isBaseGone = this.edgesOf(base, this.isBaseBefore).some((edge) => places.isGone(edge));
    if (placeNow === null && !isBaseGone) return;
    const placeOf = placeNow ?? ((from: number) => from);
    const movedBase = (from: number | 'now', isBefore: boolean): number | 'now' => {
      if (from === 'now') return from;
      const edge = isBefore ? from + 1 : from;
      // What it is compared with is gone: the beginning of what is left comes closest.
      return places.isGone(edge) ? 0 : placeOf(edge) - (isBefore ? 1 : 0);
    };
    this.era++;
    if (this.position === position) this.position = placeOf(position);
    if (this.base === base) this.base = movedBase(base, this.isBaseBefore);
    this.start = movedBase(this.start, true);
  }

  private tellRemoved(): void {
    this.isRemoved = true;
    this.scene = null;
    this.frame = null;
    this.steps = null;
    this.problem = 'This moment is no longer in the history: older history has been removed.';
  }

  /** The position by whose edit a moment is held. */
  private edgesOf(base: number | 'now', isBefore: boolean): number[] {
    return base === 'now' ? [] : [isBefore ? base + 1 : base];
  }

  private whileAsking(view: FileView, answers: Promise<unknown>): void {
    this.isAsking = true;
    answers
      .catch((error: unknown) => {
        if (this.view === view) this.problem = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        this.isAsking = false;
        // Something else may be wanted by now.
        this.requestUpdate();
      });
  }

  private async askFrame(file: FileHistory, position: number): Promise<void> {
    const { view } = this;
    const before = this.frame?.position ?? position - 1;
    const frame = await file.ask('frame', position, before < position ? before : position - 1);
    if (this.view !== view || this.layout !== 'text') return;
    this.frame = frame;
    const [change] = frame.changes;
    await this.updateComplete;
    if (change) this.reveal('after', change.index + change.length);
  }

  private async askScene(file: FileHistory, view: FileView, position: number, base: number | 'now'): Promise<void> {
    const scene = await sceneOf(this.session, file, view, position, base);
    if (this.view !== view) return;
    const isFirst = this.scene === null;
    this.scene = scene;
    if (scene.plan !== null) this.chosen = new Set(scene.hunks.keys());
    if (!isFirst) return;
    this.dispatchEvent(new AnnounceEvent(`${this.heading}: ${countWords(scene.hunks.length, 'change')}`));
    const [hunk] = scene.hunks;
    await this.updateComplete;
    const found = view.kind === 'moment' && view.find !== undefined ? findIn(scene, view.find) : null;
    if (found !== null) this.reveal(found.side, found.index);
    else if (hunk) this.reveal('after', hunk.after);
  }

  private answer({ detail: { index, action } }: HunkEvent): void {
    const { scene } = this;
    const hunk = scene?.hunks[index];
    if (!scene || !hunk) return;
    switch (action) {
      case 'show':
        return this.reveal('after', hunk.after);
      case 'toggle': {
        const chosen = new Set(this.chosen);
        if (!chosen.delete(index)) chosen.add(index);
        this.chosen = chosen;
        return;
      }
    }
  }

  private apply(chosen: ReadonlySet<number>): void {
    const { scene, view } = this;
    if (scene === null || scene.plan === null) return;
    const done = view.kind === 'restore' ? 'Restored.' : 'Taken back.';
    this.dispatchEvent(new HistoryApplyEvent({ node: view.node, plan: scene.plan, chosen, done }));
  }

  private reveal(side: Mark['side'], index: number): void {
    this.querySelector('cw-moment-editor')?.reveal(side, index);
  }

  private go(view: HistoryView | null): void {
    this.dispatchEvent(new HistoryShowEvent(view));
  }

  private readonly close = (): void => this.go(null);

  private readonly chooseBase = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const { view } = this;
    if (view.kind !== 'moment') return;
    this.isBaseBefore = value === 'before' || value === 'previous';
    if (value === 'before') this.base = this.start;
    else if (value === 'now') this.base = 'now';
    else if (value === 'previous') this.base = Math.max(0, this.position - 1);
    else if (value === 'start') this.base = 0;
    else if (value === 'here') this.base = this.position;
    else void this.compareWithVersion(value.slice('version '.length));
  };

  /** Asks for a name for the moment that is shown. */
  private async nameMoment(): Promise<void> {
    const { file } = this.history;
    const { node } = this.view;
    if (file === null) return;
    try {
      const { row, time } = await file.ask('entry', this.position);
      this.querySelector('cw-version-dialog')?.ask({
        what: `This file as it was: ${momentWords(time, Date.now())}. You will find it again, whatever happens to it later.`,
        submit: (name, description) => this.session.history.nameVersion(name, description, { node, row, time }),
      });
    } catch (error) {
      this.dispatchEvent(
        new ToastEvent({ message: error instanceof Error ? error.message : String(error), tone: 'danger' }),
      );
    }
  }

  private async compareWithVersion(id: string): Promise<void> {
    const version = this.session.history.versions.value.find((one) => one.id === id);
    const { file } = this.history;
    if (!version || !file) return;
    try {
      this.base = await file.ask('positionOf', version.row, version.time);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** Left and right step by edit, with Shift by session, with Alt by author; Space plays. In the texts keys move the cursor. */
  private key(event: KeyboardEvent): void {
    // In the dialog keys belong to its fields.
    if (event.defaultPrevented || (event.target as Element).closest('cw-version-dialog') !== null) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.close();
      return;
    }
    const target = event.target as Element;
    const scrubber = this.querySelector('cw-scrubber');
    if (scrubber === null || target.closest('.monaco-editor, select, textarea') !== null) return;
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const stride: Stride = event.altKey ? 'author' : event.shiftKey ? 'session' : 'edit';
      event.preventDefault();
      scrubber.step(stride, event.key === 'ArrowRight');
    } else if (event.key === ' ' && target.closest('button, wa-button') === null) {
      event.preventDefault();
      if (this.layout !== 'text') this.layout = 'text';
      scrubber.toggle();
    }
  }
}

customElements.define('cw-moment', MomentView);

declare global {
  interface HTMLElementTagNameMap {
    'cw-moment': MomentView;
  }
}
