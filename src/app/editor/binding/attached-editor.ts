import type { editor, IDisposable } from 'monaco-editor/editor';
import { toOffsets, type OffsetSelection } from './relative-selections.ts';

export interface AttachedEditorEvents {
  /** The editor begins to show the model; what is returned is disposed when it ends. */
  readonly show: () => IDisposable | undefined;
  readonly cursorMoved: (byUser: boolean) => void;
  /** The editor lost the focus: what comes next is not the same edit. */
  readonly left: () => void;
  /** The editor shows another model now. */
  readonly hidden: () => void;
  readonly gone: () => void;
  /** False while a change of the model is still to reach the binding. */
  readonly isModelCurrent: () => boolean;
  /** True while the binding itself changes the model. */
  readonly isRemoteChange: () => boolean;
}

/** What the binding listens to in one editor, and where the editor's cursors were before the latest change. */
export class AttachedEditor {
  readonly #editor: editor.ICodeEditor;
  readonly #model: editor.ITextModel;
  readonly #events: AttachedEditorEvents;
  readonly #subscriptions: IDisposable[] = [];
  #shown: IDisposable | undefined;
  #showing = false;
  #selections: readonly OffsetSelection[] = [];

  constructor(codeEditor: editor.ICodeEditor, model: editor.ITextModel, events: AttachedEditorEvents) {
    this.#editor = codeEditor;
    this.#model = model;
    this.#events = events;
  }

  start(): void {
    this.#subscriptions.push(
      this.#editor.onDidChangeModel(() => this.#onModel()),
      this.#editor.onDidChangeCursorSelection(() => this.#onCursor()),
      this.#editor.onDidFocusEditorText(() => this.#onFocus()),
      this.#editor.onDidBlurEditorText(() => this.#events.left()),
      this.#editor.onDidDispose(() => this.#events.gone()),
    );
    this.#onModel();
  }

  /** While the binding is told of a change: the cursors before it. */
  get selections(): readonly OffsetSelection[] {
    return this.#selections;
  }

  /** The binding has dealt with a change of the model. */
  textChanged(): void {
    if (this.#showing) this.#readSelections();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#shown?.dispose();
    this.#shown = undefined;
    this.#showing = false;
  }

  #onModel(): void {
    const shows = this.#editor.getModel() === this.#model;
    if (shows === this.#showing) return;
    this.#showing = shows;
    this.#shown?.dispose();
    this.#shown = undefined;
    if (shows) {
      this.#shown = this.#events.show();
      this.#readSelections();
      this.#events.cursorMoved(true);
    } else {
      this.#selections = [];
      this.#events.hidden();
    }
  }

  #onCursor(): void {
    if (!this.#showing) return;
    // Monaco moves cursors before it reports the change that moved them: the ones from before are still needed.
    if (this.#events.isModelCurrent()) this.#readSelections();
    this.#events.cursorMoved(!this.#events.isRemoteChange());
  }

  #onFocus(): void {
    if (this.#showing) this.#events.cursorMoved(true);
  }

  #readSelections(): void {
    this.#selections = (this.#editor.getSelections() ?? []).map((selection) => toOffsets(this.#model, selection));
  }
}
