import type { editor, IPosition } from 'monaco-editor/editor';
import type { RemoteUser } from './remote-user.ts';
import type { Monaco } from './types.ts';

/** How long a name stays at a caret that has moved. */
export const LABEL_SHOWN_MS = 2000;

/** Tells the widgets of several bindings on one editor apart. */
let widgetCount = 0;

/** The name at a remote caret: above it, in the first visible line below it. Fades when nothing has happened for a while. */
export class CursorLabel {
  readonly #editor: editor.ICodeEditor;
  readonly #node: HTMLDivElement;
  readonly #widget: editor.IContentWidget;
  #position: IPosition | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(monaco: Monaco, codeEditor: editor.ICodeEditor) {
    this.#editor = codeEditor;
    this.#node = document.createElement('div');
    this.#node.className = 'yRemoteSelectionLabel';
    this.#node.dir = 'auto';
    const id = `cowrite.remoteCursor.${widgetCount++}`;
    const { ABOVE, BELOW } = monaco.editor.ContentWidgetPositionPreference;
    this.#widget = {
      getId: () => id,
      getDomNode: () => this.#node,
      getPosition: () => this.#position && { position: this.#position, preference: [ABOVE, BELOW] },
      suppressMouseDown: true,
    };
    codeEditor.addContentWidget(this.#widget);
  }

  get position(): IPosition | null {
    return this.#position;
  }

  place(user: RemoteUser, position: IPosition): void {
    if (this.#node.textContent !== user.name) this.#node.textContent = user.name;
    this.#node.style.backgroundColor = user.color;
    this.#node.style.color = user.textColor;
    this.#position = position;
    this.#editor.layoutContentWidget(this.#widget);
  }

  show(): void {
    this.#node.classList.add('isShown');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#node.classList.remove('isShown'), LABEL_SHOWN_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#editor.removeContentWidget(this.#widget);
  }
}
