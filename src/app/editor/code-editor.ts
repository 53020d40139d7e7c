import type { editor, IDisposable } from 'monaco-editor/editor';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { Awareness } from 'y-protocols/awareness';
import { MAX_TEXT_BYTES } from '../../core/limits.ts';
import type { FileSession } from '../session/api.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { MonacoBinding } from './binding/index.ts';
import { EditorContextEvent } from './editor-context.ts';
import { languageForFile } from './languages.ts';
import { collaborativeEditorOptions, createFileModel, isTsx, monaco, prepareMonaco } from './monaco.ts';

/** What the bars around the editor show of it. */
export interface EditorState {
  readonly line: number;
  readonly column: number;
  /** UTF-16 code units, over all selections. */
  readonly selected: number;
  readonly language: string;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export class EditorStateEvent extends CustomEvent<EditorState> {
  constructor(state: EditorState) {
    super('editor-state', { detail: state, bubbles: true });
  }
}

/** Where the user was in a file, for as long as the page lives. */
type ViewStates = Map<string, editor.ICodeEditorViewState>;

/**
 * Monaco on the text of a file. Its code is large: it is loaded when the first file opens. The file must be
 * loaded before it is given.
 *
 * @event editor-context – it shows a file, or none any more
 * @event editor-state – cursor, language or undo changed
 * @event editor-too-long – a change was taken back, since the file would have become longer than files may be
 * @event editor-repaired – the editor had shown something else than the file, and has been set right
 */
export class CodeEditor extends LightElement {
  static override properties = {
    file: { attribute: false },
    name: { attribute: false },
    awareness: { attribute: false },
    readOnly: { attribute: false },
    theme: { attribute: false },
  };

  /** `null`: nothing is shown; the editor waits for the next file. */
  declare file: FileSession | null;
  declare name: string;
  declare awareness: Awareness;
  declare readOnly: boolean;
  declare theme: Theme;

  private editor: editor.IStandaloneCodeEditor | null = null;
  private binding: MonacoBinding | null = null;
  private readonly subscriptions: IDisposable[] = [];
  private readonly viewStates: ViewStates = new Map();
  private stateQueued = false;

  undo(): void {
    this.editor?.trigger('toolbar', 'undo', null);
    this.editor?.focus();
  }

  redo(): void {
    this.editor?.trigger('toolbar', 'redo', null);
    this.editor?.focus();
  }

  /** The text that is shown. */
  readText(): string {
    return this.editor?.getModel()?.getValue() ?? '';
  }

  override focus(): void {
    this.editor?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release();
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.editor?.dispose();
    this.editor = null;
  }

  protected override render(): TemplateResult {
    return html`<div class="code monaco-component" data-testid="editor"></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.isConnected) return;
    const codeEditor = this.editor ?? this.createEditor();
    if (changed.has('theme')) monaco.editor.setTheme(`cowrite-${this.theme}`);
    if (changed.has('readOnly')) {
      codeEditor.updateOptions({ readOnly: this.readOnly });
      // Monaco leaves its suggestions open over a text that nobody can type into any more.
      if (this.readOnly) codeEditor.trigger('read-only', 'hideSuggestWidget', null);
    }
    if (this.file === null) this.release();
    else if (this.binding?.text !== this.file.text || this.binding.disposed) this.bind(codeEditor, this.file);
    if (changed.has('readOnly') && this.binding) this.binding.readOnly = this.readOnly;
    if (changed.has('name')) this.nameChanged(codeEditor);
  }

  private createEditor(): editor.IStandaloneCodeEditor {
    const place = this.querySelector<HTMLElement>('.code');
    if (!place) throw new Error('The editor has no place to be in.');
    prepareMonaco();
    const codeEditor = monaco.editor.create(place, {
      ...collaborativeEditorOptions,
      model: null,
      theme: `cowrite-${this.theme}`,
      readOnly: this.readOnly,
      readOnlyMessage: { value: 'You can read this project, but not change it.' },
      automaticLayout: true,
      fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
      fontLigatures: false,
      fontSize: 13,
      lineHeight: 20,
      padding: { top: 8, bottom: 8 },
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderLineHighlight: 'line',
      smoothScrolling: true,
      unicodeHighlight: { ambiguousCharacters: false },
      dropIntoEditor: { enabled: false },
      tabSize: 2,
    });
    this.editor = codeEditor;
    this.subscriptions.push(
      codeEditor.onDidChangeCursorSelection(() => this.queueState()),
      codeEditor.onDidChangeModelLanguage(() => this.queueState()),
    );
    // Asking for it starts loading; Monaco measures letters, so it has to look again when every face is there.
    document.fonts
      .load("13px 'JetBrains Mono Variable'")
      .then(() => document.fonts.ready)
      .then(
        () => monaco.editor.remeasureFonts(),
        (error: unknown) => console.warn('The font of the editor could not be loaded.', error),
      );
    return codeEditor;
  }

  private bind(codeEditor: editor.IStandaloneCodeEditor, file: FileSession): void {
    this.release();
    const model = createFileModel(this.name);
    codeEditor.setModel(model);
    codeEditor.updateOptions({ renderValidationDecorations: 'on' });
    const binding = new MonacoBinding({
      text: file.text,
      model,
      monaco,
      editors: [codeEditor],
      awareness: this.awareness,
      file: file.id,
      readOnly: this.readOnly,
      maxBytes: MAX_TEXT_BYTES,
      onTooLong: () => this.dispatchEvent(new CustomEvent('editor-too-long', { bubbles: true })),
      onDivergence: (report) => {
        console.error('The editor differed from the file and has been set right.', report);
        this.dispatchEvent(new CustomEvent('editor-repaired', { bubbles: true }));
      },
    });
    this.binding = binding;
    for (const event of ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const) {
      binding.undoManager.on(event, () => this.queueState());
    }
    const viewState = this.viewStates.get(file.id);
    if (viewState) codeEditor.restoreViewState(viewState);
    this.queueState();
    this.dispatchEvent(new EditorContextEvent({ file, editor: codeEditor, model, monaco }));
  }

  private release(): void {
    const { binding } = this;
    if (!binding) return;
    this.dispatchEvent(new EditorContextEvent(null));
    const viewState = this.editor?.saveViewState();
    if (viewState && binding.file !== undefined) this.viewStates.set(binding.file, viewState);
    this.binding = null;
    binding.dispose();
    this.editor?.setModel(null);
    binding.model.dispose();
  }

  private nameChanged(codeEditor: editor.IStandaloneCodeEditor): void {
    codeEditor.updateOptions({ ariaLabel: `${this.name}, editor. Control M lets the Tab key leave it.` });
    const model = codeEditor.getModel();
    if (model) {
      monaco.editor.setModelLanguage(model, languageForFile(this.name));
      // A file that becomes .tsx while it is open is read as what it was until it is opened again: nothing false is said.
      const isRead = model.uri.path.endsWith('.tsx') === isTsx(this.name);
      codeEditor.updateOptions({ renderValidationDecorations: isRead ? 'on' : 'off' });
    }
    this.queueState();
  }

  /** Many changes in one turn become one event. */
  private queueState(): void {
    if (this.stateQueued) return;
    this.stateQueued = true;
    queueMicrotask(() => {
      this.stateQueued = false;
      const state = this.readState();
      if (state) this.dispatchEvent(new EditorStateEvent(state));
    });
  }

  private readState(): EditorState | null {
    const { editor: codeEditor, binding } = this;
    const model = codeEditor?.getModel();
    if (!codeEditor || !binding || !model) return null;
    const position = codeEditor.getPosition();
    const selections = codeEditor.getSelections() ?? [];
    const id = model.getLanguageId();
    return {
      line: position?.lineNumber ?? 1,
      column: position?.column ?? 1,
      selected: selections.reduce((sum, selection) => sum + model.getValueLengthInRange(selection), 0),
      language: monaco.languages.getLanguages().find((language) => language.id === id)?.aliases?.[0] ?? 'Plain text',
      canUndo: binding.undoManager.canUndo(),
      canRedo: binding.undoManager.canRedo(),
    };
  }
}

customElements.define('cw-code', CodeEditor);

declare global {
  interface HTMLElementTagNameMap {
    'cw-code': CodeEditor;
  }
  interface HTMLElementEventMap {
    'editor-state': EditorStateEvent;
    'editor-context': EditorContextEvent;
    'editor-too-long': CustomEvent<null>;
    'editor-repaired': CustomEvent<null>;
  }
}
