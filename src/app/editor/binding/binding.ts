import type { editor } from 'monaco-editor/editor';
import type * as Y from 'yjs';
import { AttachedEditor } from './attached-editor.ts';
import { INTEGRITY_DELAY_MS, QuietTime } from './integrity.ts';
import { Presence } from './presence.ts';
import { fromOffsets, fromRelative, toRelative, type RelativeSelection } from './relative-selections.ts';
import { TextSync, type Mismatch } from './text-sync.ts';
import type { DivergenceCause, MonacoBindingOptions } from './types.ts';
import { UndoHistory } from './undo-history.ts';

/** With more cursors than this, undo leaves them where Monaco has them: to remember one costs a walk over the text. */
const MAX_REMEMBERED_CURSORS = 100;

interface RememberedCursors {
  readonly editor: editor.ICodeEditor;
  readonly selections: readonly RelativeSelection[];
}

/**
 * Binds a Monaco model to a `Y.Text`: text both ways, undo of the own edits, cursors of the others.
 *
 * The binding itself is the origin of the transactions that carry the user's edits. It ends with `dispose`, with its
 * model or with its document, whichever comes first.
 */
export class MonacoBinding {
  readonly text: Y.Text;
  readonly model: editor.ITextModel;
  readonly file: string | undefined;
  readonly #options: MonacoBindingOptions;
  readonly #doc: Y.Doc;
  readonly #sync: TextSync;
  readonly #history: UndoHistory<RememberedCursors>;
  readonly #presence: Presence | null;
  readonly #quietTime: QuietTime;
  readonly #editors = new Map<editor.ICodeEditor, AttachedEditor>();
  readonly #modelDisposal: { dispose(): void };
  /** The editor that the user was in last. */
  #activeEditor: editor.ICodeEditor | null = null;
  #readOnly: boolean;
  #disposed = false;

  /** Throws if the text belongs to no document, or the model is disposed. */
  constructor(options: MonacoBindingOptions) {
    const { text, model, monaco, awareness, file } = options;
    const { doc } = text;
    if (doc === null) throw new Error('MonacoBinding: the text belongs to no document');
    if (model.isDisposed()) throw new Error('MonacoBinding: the model is disposed');
    this.text = text;
    this.model = model;
    this.file = file;
    this.#options = options;
    this.#doc = doc;
    this.#readOnly = options.readOnly ?? false;
    this.#quietTime = new QuietTime(options.integrityDelayMs ?? INTEGRITY_DELAY_MS, () => this.#compare('quiet'));
    this.#history = new UndoHistory({
      text,
      model,
      origin: this,
      readOnly: () => this.#readOnly,
      remember: () => this.#rememberCursors(),
      restore: (remembered) => this.#restoreCursors(remembered),
    });
    this.#presence = awareness ? new Presence({ awareness, text, doc, model, monaco, file }) : null;
    this.#sync = new TextSync({
      text,
      doc,
      model,
      monaco,
      origin: this,
      visibleEditors: () => this.#visibleEditors(),
      readOnly: () => this.#readOnly,
      maxBytes: options.maxBytes ?? Number.POSITIVE_INFINITY,
      onTooLong: () => options.onTooLong?.(),
      transactions: (count, run) => this.#history.capture(count, run),
      onChange: () => this.#onChange(),
      onMismatch: (found) => this.#report('length', found),
    });
    this.#modelDisposal = model.onWillDispose(() => this.dispose());
    doc.on('destroy', this.#onDocDestroyed);
    for (const codeEditor of options.editors ?? []) this.addEditor(codeEditor);
    this.#sync.takeText();
  }

  get undoManager(): Y.UndoManager {
    return this.#history.manager;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** While true nothing is written to the text, undo included, and changes of the model are taken back. */
  get readOnly(): boolean {
    return this.#readOnly;
  }

  set readOnly(readOnly: boolean) {
    this.#readOnly = readOnly;
  }

  get editors(): editor.ICodeEditor[] {
    return [...this.#editors.keys()];
  }

  /** An editor that shows the model, now or at times. Adding it twice is adding it once. */
  addEditor(codeEditor: editor.ICodeEditor): void {
    if (this.#disposed || this.#editors.has(codeEditor)) return;
    const attached = new AttachedEditor(codeEditor, this.model, {
      show: () => this.#presence?.attach(codeEditor),
      cursorMoved: (byUser) => {
        if (!byUser) return;
        this.#activeEditor = codeEditor;
        this.#presence?.cursorMoved(codeEditor);
      },
      left: () => this.#history.stopCapturing(),
      hidden: () => this.#onHidden(codeEditor),
      gone: () => this.removeEditor(codeEditor),
      isModelCurrent: () => this.#sync.modelSeen,
      isRemoteChange: () => this.#sync.editingModel,
    });
    this.#editors.set(codeEditor, attached);
    attached.start();
  }

  removeEditor(codeEditor: editor.ICodeEditor): void {
    const attached = this.#editors.get(codeEditor);
    if (attached === undefined) return;
    this.#editors.delete(codeEditor);
    attached.dispose();
    this.#onHidden(codeEditor);
  }

  /** The next edit begins a new undo step. */
  stopCapturing(): void {
    this.#history.stopCapturing();
  }

  /**
   * Compares model and text now (EDIT-3). On a mismatch rebuilds the model from the text and reports it. Returns
   * whether they were equal.
   */
  verify(): boolean {
    return this.#compare('requested');
  }

  /** Removes every listener, decoration, widget and style, takes the own cursor back, gives the model its undo back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#sync.dispose();
    this.#quietTime.dispose();
    for (const attached of this.#editors.values()) attached.dispose();
    this.#editors.clear();
    this.#presence?.dispose();
    this.#history.dispose();
    this.#modelDisposal.dispose();
    this.#doc.off('destroy', this.#onDocDestroyed);
    this.#activeEditor = null;
  }

  readonly #onDocDestroyed = (): void => this.dispose();

  #onChange(): void {
    this.#quietTime.changed();
    this.#presence?.textChanged();
    for (const attached of this.#editors.values()) attached.textChanged();
  }

  #onHidden(codeEditor: editor.ICodeEditor): void {
    this.#history.stopCapturing();
    if (this.#activeEditor === codeEditor) this.#activeEditor = null;
    if (this.#visibleEditors().length === 0) this.#presence?.withdraw();
  }

  #visibleEditors(): editor.ICodeEditor[] {
    return this.editors.filter((codeEditor) => codeEditor.getModel() === this.model);
  }

  #compare(cause: DivergenceCause): boolean {
    if (this.#disposed || !this.#sync.settled) return true;
    const found = this.#sync.takeText();
    if (found !== null) this.#report(cause, found);
    return found === null;
  }

  #report(cause: DivergenceCause, found: Mismatch): void {
    this.#options.onDivergence?.({ cause, file: this.file, ...found });
  }

  #rememberCursors(): RememberedCursors | null {
    const codeEditor = this.#activeEditor ?? this.#visibleEditors()[0];
    const offsets = codeEditor && this.#editors.get(codeEditor)?.selections;
    if (!codeEditor || !offsets || offsets.length === 0 || offsets.length > MAX_REMEMBERED_CURSORS) return null;
    return { editor: codeEditor, selections: offsets.map((offset) => toRelative(this.text, offset)) };
  }

  #restoreCursors({ editor: codeEditor, selections }: RememberedCursors): void {
    if (!this.#editors.has(codeEditor) || codeEditor.getModel() !== this.model) return;
    const offsets = selections
      .map((selection) => fromRelative(this.text, this.#doc, selection))
      .filter((offset) => offset !== null);
    const [primary] = offsets;
    if (primary === undefined) return;
    codeEditor.setSelections(offsets.map((offset) => fromOffsets(this.model, offset)));
    codeEditor.revealPositionInCenterIfOutsideViewport(this.model.getPositionAt(primary.head));
    this.#presence?.cursorMoved(codeEditor);
  }
}
