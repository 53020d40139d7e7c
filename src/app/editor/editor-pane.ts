import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Tree } from '../../core/tree.ts';
import type { ProjectSession } from '../session/api.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import type { Theme } from '../ui/theme.ts';
import { TreeActionEvent } from '../tree/events.ts';
import type { EditorState, EditorStateEvent } from './code-editor.ts';
import { downloadText } from './download.ts';
import { OpenFileController } from './open-file.ts';
import { seeFile, shownFile, type LastSeen, type ShownFile } from './shown-file.ts';
import './editor-pane.css';

/**
 * The file that is open, with its path, its buttons and what there is to say about it.
 *
 * @event tree-action – `restore`
 * @event editor-state – cursor, language or undo changed
 */
export class EditorPane extends LightElement {
  static override properties = {
    session: { attribute: false },
    fileId: { attribute: false },
    readOnly: { attribute: false },
    theme: { attribute: false },
    hasCode: { state: true },
    codeProblem: { state: true },
    editorState: { state: true },
  };

  declare session: ProjectSession;
  declare fileId: string | null;
  declare readOnly: boolean;
  declare theme: Theme;
  /** Monaco has been loaded. */
  declare private hasCode: boolean;
  declare private codeProblem: boolean;
  declare private editorState: EditorState | null;

  private readonly tree = new Observed(this, () => this.session?.tree);
  private readonly treeReady = new Observed(this, () => this.session?.ready);
  private readonly open = new OpenFileController(this, () =>
    this.fileId === null || this.shown.kind === 'unknown' ? null : { session: this.session, id: this.fileId },
  );
  /** The file whose editor is to get the focus. */
  private focusWanted: string | null = null;
  private lastSeen: LastSeen | null = null;

  constructor() {
    super();
    this.fileId = null;
    this.readOnly = false;
    this.hasCode = customElements.get('cw-code') !== undefined;
    this.codeProblem = false;
    this.editorState = null;
    this.addEventListener('editor-state', (event: EditorStateEvent) => (this.editorState = event.detail));
  }

  /** Moves the focus into the editor as soon as it shows this file. */
  focusEditor(file: string): void {
    this.focusWanted = file;
    this.requestUpdate();
  }

  /** Offers the text of the open file as a download. */
  download(): void {
    const { state } = this.open;
    const { shown } = this;
    if (state.kind !== 'open' || shown.kind === 'unknown') return;
    const [name, ending] =
      shown.kind === 'present' ? [shown.node.shownName, shown.node.lineEnding] : [shown.name, 'lf' as const];
    downloadText(name, state.file.text.toJSON(), ending);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('fileId')) this.editorState = null;
    if (this.fileId !== null) this.lastSeen = this.lookFor(this.fileId);
    if (this.fileId !== null && !this.hasCode && !this.codeProblem) this.loadCode();
  }

  protected override updated(_changed: PropertyValues): void {
    const code = this.querySelector('cw-code');
    const { state } = this.open;
    if (!code || state.kind !== 'open' || state.file.id !== this.focusWanted) return;
    this.focusWanted = null;
    void code.updateComplete.then(() => code.focus());
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    if (this.fileId === null) return this.renderEmpty();
    if (shown.kind === 'unknown') return this.treeReady.value === true ? this.renderUnknown() : this.renderWaiting();
    const { state } = this.open;
    const file = state.kind === 'open' ? state.file : null;
    return html`
      ${this.renderHead(shown)} ${shown.kind === 'deleted' ? this.renderDeleted(shown) : nothing}
      <div class="pane-body">
        ${
          state.kind === 'none' || state.kind === 'loading' || (file && !this.hasCode && !this.codeProblem)
            ? this.renderSkeleton()
            : nothing
        }
        ${state.kind === 'elsewhere' ? this.renderElsewhere() : nothing}
        ${state.kind === 'failed' ? this.renderMessage('circle-alert', state.message, 'editor-failed') : nothing}
        ${this.codeProblem ? this.renderCodeProblem() : nothing}
        ${
          this.hasCode
            ? html`<cw-code
                ?hidden=${file === null}
                .file=${file}
                .name=${shown.kind === 'present' ? shown.node.shownName : shown.name}
                .awareness=${this.session.awareness}
                .readOnly=${this.readOnly}
                .theme=${this.theme}
              ></cw-code>`
            : nothing
        }
      </div>
    `;
  }

  /** The file as it is in the tree, or as it was; after a reload only the trash tells that it was in a deleted folder. */
  private lookFor(id: string): LastSeen | null {
    const tree = this.treeValue;
    const seen = seeFile(tree, id) ?? (this.lastSeen?.id === id ? this.lastSeen : null);
    return seen ?? (tree.trash.length > 0 ? seeFile(this.session.treeWithTrash(), id) : null);
  }

  private get treeValue(): Tree {
    return this.tree.value ?? this.session.tree.value;
  }

  private get shown(): ShownFile {
    return this.fileId === null ? { kind: 'unknown' } : shownFile(this.treeValue, this.fileId, this.lastSeen);
  }

  private renderHead(shown: Exclude<ShownFile, { kind: 'unknown' }>): TemplateResult {
    const path = shown.kind === 'present' ? shown.node.path.split('/') : [shown.name];
    const state = this.editorState;
    const code = (): HTMLElementTagNameMap['cw-code'] | null => this.querySelector('cw-code');
    return html`<div class="pane-head">
      <h2 class="pane-path" data-testid="file-path">
        ${path.map((part, index) =>
          index === path.length - 1
            ? html`<span>${part}</span>`
            : html`<span class="quiet">${part}</span><span class="quiet" aria-hidden="true">/</span>`,
        )}
      </h2>
      ${this.readOnly ? html`<span class="pane-note quiet">${icon('lock')} Read only</span>` : nothing}
      ${
        this.readOnly
          ? nothing
          : html`
              ${this.renderButton('undo', 'Undo', 'undo', state?.canUndo === true, () => code()?.undo())}
              ${this.renderButton('redo', 'Redo', 'redo', state?.canRedo === true, () => code()?.redo())}
            `
      }
      ${this.renderButton('download', 'Download', 'download', this.open.state.kind === 'open', () => this.download())}
    </div>`;
  }

  private renderButton(name: IconName, label: string, testId: string, on: boolean, run: () => void): TemplateResult {
    return html`<button
      class="icon-button"
      aria-label=${label}
      title=${label}
      data-testid=${testId}
      ?disabled=${!on}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  }

  private renderDeleted({ name, restore }: Extract<ShownFile, { kind: 'deleted' }>): TemplateResult {
    const inFolder = restore?.kind === 'folder';
    const what = inFolder
      ? `“${name}” is in the folder “${restore.name}”, which has been deleted.`
      : `“${name}” has been deleted.`;
    return html`<div class="message note pane-banner" role="status" data-testid="deleted-banner">
      ${icon('trash')}
      <span>${what} Its text is kept: you can go on reading ${this.readOnly ? 'it' : 'and writing it'} here.</span>
      ${
        this.readOnly || restore === null
          ? nothing
          : html`<wa-button
              size="s"
              appearance="outlined"
              data-testid="restore-open-file"
              @click=${() => this.restore(restore.id)}
            >
              ${inFolder ? 'Restore folder' : 'Restore'}
            </wa-button>`
      }
    </div>`;
  }

  /** The button goes away, so the focus goes on into the text. */
  private restore(id: string): void {
    this.dispatchEvent(new TreeActionEvent({ kind: 'restore', id }));
    if (this.fileId !== null) this.focusEditor(this.fileId);
  }

  private renderEmpty(): TemplateResult {
    return html`<div class="pane-empty" data-testid="no-file">
      ${icon('file-code')}
      <p>Choose a file</p>
      ${this.readOnly ? nothing : html`<p class="quiet">or create one in the list of files.</p>`}
    </div>`;
  }

  private renderUnknown(): TemplateResult {
    return this.renderMessage('file', 'This file is not in the project.', 'unknown-file');
  }

  private renderElsewhere(): TemplateResult {
    const sentence = 'Not on this device yet; it opens when you are back online.';
    return this.renderMessage('cloud-off', sentence, 'not-on-device');
  }

  private renderMessage(name: IconName, sentence: string, testId: string): TemplateResult {
    return html`<div class="pane-empty" role="status" data-testid=${testId}>
      ${icon(name)}
      <p>${sentence}</p>
    </div>`;
  }

  private renderCodeProblem(): TemplateResult {
    return html`<div class="pane-empty" role="alert">
      ${icon('cloud-off')}
      <p>The editor could not be loaded.</p>
      <wa-button appearance="outlined" @click=${() => (this.codeProblem = false)}>Try again</wa-button>
    </div>`;
  }

  private renderWaiting(): TemplateResult {
    return html`<div class="pane-body">${this.renderSkeleton()}</div>`;
  }

  private renderSkeleton(): TemplateResult {
    return html`<div class="pane-skeleton" aria-busy="true" data-testid="editor-loading">
      <span class="visually-hidden">Loading the file…</span>
      ${[1, 2, 3, 4, 5, 6].map(() => html`<i></i>`)}
    </div>`;
  }

  private loadCode(): void {
    import('./code-editor.ts').then(
      () => (this.hasCode = true),
      (error: unknown) => {
        console.error(error);
        this.codeProblem = true;
      },
    );
  }
}

customElements.define('cw-editor-pane', EditorPane);

declare global {
  interface HTMLElementTagNameMap {
    'cw-editor-pane': EditorPane;
  }
}
