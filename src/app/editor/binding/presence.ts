import type { editor, IDisposable } from 'monaco-editor/editor';
import * as Y from 'yjs';
import { fromRelative, selectionParser, toOffsets, toRelative, type RelativeSelection } from './relative-selections.ts';
import { RemoteCursors, type RemoteCursor } from './remote-cursors.ts';
import { readRemoteUser } from './remote-user.ts';
import type { AwarenessChanges, AwarenessLike, Monaco } from './types.ts';

/** Shortest time between two publications of the own cursor. */
export const PUBLISH_INTERVAL_MS = 50;
/** Remote cursors are computed anew this long after a change of the text; until then Monaco moves them along. */
const SETTLE_MS = 200;

export interface PresenceOptions {
  readonly awareness: AwarenessLike;
  readonly text: Y.Text;
  readonly doc: Y.Doc;
  readonly model: editor.ITextModel;
  readonly monaco: Monaco;
  readonly file: string | undefined;
}

/** Publishes the own selection, and draws those of others that are in the same file. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #parse: (selection: unknown) => RelativeSelection | null;
  readonly #views = new Map<editor.ICodeEditor, RemoteCursors>();
  /** Clients to draw anew in the next frame; true if their user did something. */
  readonly #due = new Map<number, boolean>();
  /** Clients with a selection in this text, and the selection they published last. */
  readonly #known = new Map<number, unknown>();
  #frame: number | undefined;
  #settleTimer: ReturnType<typeof setTimeout> | undefined;
  #publishTimer: ReturnType<typeof setTimeout> | undefined;
  #publishFrom: editor.ICodeEditor | null = null;
  #lastPublished = 0;
  #published: RelativeSelection | null = null;
  #disposed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#parse = selectionParser(options.text);
    options.awareness.on('change', this.#onAwarenessChange);
  }

  /** Begins to draw into an editor that shows the model. Undone by what it returns. */
  attach(codeEditor: editor.ICodeEditor): IDisposable {
    const { monaco, model, awareness } = this.#options;
    const view = new RemoteCursors(monaco, codeEditor, model);
    this.#views.set(codeEditor, view);
    this.#schedule(awareness.getStates().keys(), false);
    return {
      dispose: () => {
        view.dispose();
        this.#views.delete(codeEditor);
        if (this.#publishFrom === codeEditor) this.#publishFrom = null;
      },
    };
  }

  /** The user moved the cursor, or turned to this editor. */
  cursorMoved(codeEditor: editor.ICodeEditor): void {
    this.#publishFrom = codeEditor;
    const wait = Math.max(0, this.#lastPublished + PUBLISH_INTERVAL_MS - Date.now());
    this.#publishTimer ??= setTimeout(this.#publish, wait);
  }

  /** The text changed. */
  textChanged(): void {
    if (this.#known.size === 0) return;
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => this.#schedule(this.#known.keys(), false), SETTLE_MS);
  }

  /** Takes the own selection back, unless another file's has taken its place. */
  withdraw(): void {
    clearTimeout(this.#publishTimer);
    this.#publishTimer = undefined;
    this.#publishFrom = null;
    const published = this.#published;
    this.#published = null;
    const { awareness, file } = this.#options;
    const state = awareness.getLocalState();
    if (published === null || state === null || (file !== undefined && state['file'] !== file)) return;
    awareness.setLocalState({ ...state, ...(file === undefined ? {} : { file: null }), selection: null });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#options.awareness.off('change', this.#onAwarenessChange);
    this.withdraw();
    clearTimeout(this.#settleTimer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    for (const view of this.#views.values()) view.dispose();
    this.#views.clear();
  }

  readonly #publish = (): void => {
    this.#publishTimer = undefined;
    const { awareness, model, text, file } = this.#options;
    const selection = this.#publishFrom?.getModel() === model ? this.#publishFrom.getSelection() : null;
    const state = awareness.getLocalState();
    if (selection === null || selection === undefined || state === null) return;
    const relative = toRelative(text, toOffsets(model, selection));
    if (this.#isPublished(relative, state)) return;
    this.#lastPublished = Date.now();
    this.#published = relative;
    awareness.setLocalState({
      ...state,
      ...(file === undefined ? {} : { file }),
      selection: {
        anchor: Y.relativePositionToJSON(relative.anchor) as unknown,
        head: Y.relativePositionToJSON(relative.head) as unknown,
      },
    });
  };

  #isPublished({ anchor, head }: RelativeSelection, state: Record<string, unknown>): boolean {
    const { file } = this.#options;
    if (this.#published === null || !state['selection'] || (file !== undefined && state['file'] !== file)) return false;
    return (
      Y.compareRelativePositions(this.#published.anchor, anchor) &&
      Y.compareRelativePositions(this.#published.head, head)
    );
  }

  readonly #onAwarenessChange = ({ added, updated, removed }: AwarenessChanges): void => {
    this.#schedule([...added, ...updated, ...removed], true);
  };

  #schedule(clientIds: Iterable<number>, active: boolean): void {
    for (const clientId of clientIds) this.#due.set(clientId, active || this.#due.get(clientId) === true);
    if (this.#due.size > 0 && !this.#disposed) this.#frame ??= requestAnimationFrame(this.#draw);
  }

  readonly #draw = (): void => {
    this.#frame = undefined;
    const { awareness } = this.#options;
    const due = [...this.#due];
    this.#due.clear();
    const states = awareness.getStates();
    for (const [clientId, active] of due) {
      if (clientId === awareness.clientID || !Number.isSafeInteger(clientId) || clientId < 0) continue;
      const state = states.get(clientId);
      const cursor = state === undefined ? null : this.#cursor(clientId, state);
      const selection = JSON.stringify(this.#concerns(state) ? state?.['selection'] : null);
      const moved = active && cursor !== null && this.#known.get(clientId) !== selection;
      if (this.#concerns(state)) this.#known.set(clientId, selection);
      else this.#known.delete(clientId);
      for (const view of this.#views.values()) view.draw(clientId, cursor, moved);
    }
  };

  #concerns(state: Record<string, unknown> | undefined): boolean {
    if (state === undefined || !state['selection']) return false;
    return this.#options.file === undefined || state['file'] === this.#options.file;
  }

  #cursor(clientId: number, state: Record<string, unknown>): RemoteCursor | null {
    if (!this.#concerns(state)) return null;
    const { text, doc } = this.#options;
    const relative = this.#parse(state['selection']);
    const selection = relative && fromRelative(text, doc, relative);
    return selection && { user: readRemoteUser(state['user'], clientId), selection };
  }
}
