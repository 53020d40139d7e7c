import type { editor, IDisposable } from 'monaco-editor/editor';
import { CursorLabel } from './cursor-label.ts';
import { CursorStyles } from './cursor-styles.ts';
import type { OffsetSelection } from './relative-selections.ts';
import type { RemoteUser } from './remote-user.ts';
import type { Monaco } from './types.ts';

/** Somebody else's cursor, as it is now. */
export interface RemoteCursor {
  readonly user: RemoteUser;
  readonly selection: OffsetSelection;
}

interface Drawn {
  readonly decorations: editor.IEditorDecorationsCollection;
  readonly label: CursorLabel;
}

/** Draws the cursors of others into one editor. Between two drawings Monaco moves them along with the text. */
export class RemoteCursors {
  readonly #monaco: Monaco;
  readonly #editor: editor.ICodeEditor;
  readonly #model: editor.ITextModel;
  readonly #styles: CursorStyles;
  readonly #drawn = new Map<number, Drawn>();
  readonly #mouse: IDisposable;

  constructor(monaco: Monaco, codeEditor: editor.ICodeEditor, model: editor.ITextModel) {
    this.#monaco = monaco;
    this.#editor = codeEditor;
    this.#model = model;
    this.#styles = new CursorStyles(codeEditor.getContainerDomNode());
    this.#mouse = codeEditor.onMouseMove((event) => this.#onMouseMove(event));
  }

  /** Draws a client's cursor, or takes it away. `active`: its user has just moved it, so the name shows. */
  draw(clientId: number, cursor: RemoteCursor | null, active: boolean): void {
    if (cursor === null) {
      this.#remove(clientId);
      return;
    }
    this.#styles.set(clientId, cursor.user);
    const drawn = this.#drawn.get(clientId) ?? this.#add(clientId);
    const { anchor, head } = cursor.selection;
    drawn.decorations.set([this.#decoration(clientId, anchor, head)]);
    drawn.label.place(cursor.user, this.#model.getPositionAt(head));
    if (active) drawn.label.show();
  }

  clear(): void {
    for (const clientId of this.#drawn.keys()) this.#remove(clientId);
  }

  dispose(): void {
    this.clear();
    this.#mouse.dispose();
    this.#styles.dispose();
  }

  #add(clientId: number): Drawn {
    const decorations = this.#editor.createDecorationsCollection();
    const drawn = { decorations, label: new CursorLabel(this.#monaco, this.#editor) };
    this.#drawn.set(clientId, drawn);
    return drawn;
  }

  #remove(clientId: number): void {
    const drawn = this.#drawn.get(clientId);
    if (drawn === undefined) return;
    drawn.decorations.clear();
    drawn.label.dispose();
    this.#drawn.delete(clientId);
    this.#styles.set(clientId, null);
  }

  #decoration(clientId: number, anchor: number, head: number): editor.IModelDeltaDecoration {
    const start = this.#model.getPositionAt(Math.min(anchor, head));
    const end = this.#model.getPositionAt(Math.max(anchor, head));
    const headClass = `yRemoteSelectionHead yRemoteSelectionHead-${clientId}`;
    return {
      range: new this.#monaco.Range(start.lineNumber, start.column, end.lineNumber, end.column),
      options: {
        className: `yRemoteSelection yRemoteSelection-${clientId}`,
        ...(anchor < head ? { afterContentClassName: headClass } : { beforeContentClassName: headClass }),
        stickiness: this.#monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
      },
    };
  }

  #onMouseMove({ target }: editor.IEditorMouseEvent): void {
    const { position } = target;
    if (position === null) return;
    for (const { label } of this.#drawn.values()) {
      const caret = label.position;
      if (caret?.lineNumber === position.lineNumber && Math.abs(caret.column - position.column) <= 1) label.show();
    }
  }
}
