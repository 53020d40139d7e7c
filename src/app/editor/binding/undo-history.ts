import type { editor } from 'monaco-editor/editor';
import * as Y from 'yjs';

/** Edits that follow each other faster than this are undone together, unless something marks a boundary. */
export const UNDO_CAPTURE_MS = 500;

export interface UndoHistoryOptions<Remembered> {
  readonly text: Y.Text;
  readonly model: editor.ITextModel;
  /** Origin of the transactions to undo. */
  readonly origin: object;
  readonly readOnly: () => boolean;
  /** What to bring back after undo or redo: the cursors, as they were before. */
  readonly remember: () => Remembered | null;
  readonly restore: (remembered: Remembered) => void;
}

type ModelUndo = Pick<editor.ITextModel, 'undo' | 'redo' | 'canUndo' | 'canRedo' | 'pushStackElement'>;

/** Keys of `StackItem.meta`. */
const CURSORS = Symbol('cursors');
const GROUP = Symbol('group');

/**
 * Undo of the own edits only (EDIT-2), in place of the model's, so that every way to undo in Monaco leads here.
 *
 * Where Monaco would begin a new undo element, a new stack item begins. An edit that became several transactions is
 * undone and redone as one, in as many transactions.
 */
export class UndoHistory<Remembered> {
  readonly manager: Y.UndoManager;
  readonly #options: UndoHistoryOptions<Remembered>;
  readonly #restoreModel: () => void;
  /** Goes into the next new stack item. */
  #remembered: Remembered | null = null;
  #group: symbol | null = null;

  constructor(options: UndoHistoryOptions<Remembered>) {
    this.#options = options;
    this.manager = new Y.UndoManager(options.text, {
      trackedOrigins: new Set([options.origin]),
      captureTimeout: UNDO_CAPTURE_MS,
    });
    this.manager.on('stack-item-added', this.#onAdded);
    this.#restoreModel = this.#takeOver(options.model);
  }

  canUndo(): boolean {
    return !this.#options.readOnly() && this.manager.canUndo();
  }

  canRedo(): boolean {
    return !this.#options.readOnly() && this.manager.canRedo();
  }

  undo(): void {
    if (this.canUndo()) this.#pop(this.manager.undoStack, () => this.manager.undo());
  }

  redo(): void {
    if (this.canRedo()) this.#pop(this.manager.redoStack, () => this.manager.redo());
  }

  /** The next edit begins a new undo step. */
  stopCapturing(): void {
    this.manager.stopCapturing();
  }

  /** Runs the `count` transactions that one edit becomes. Call before the text has changed. */
  capture(count: number, run: (transact: (change: () => void) => void) => void): void {
    this.#remembered = count > 1 || this.#beginsStep() ? this.#options.remember() : null;
    this.#group = count > 1 ? Symbol('edit') : null;
    try {
      run((change) => {
        if (count > 1) this.stopCapturing();
        change();
      });
    } finally {
      if (count > 1) this.stopCapturing();
      this.#group = null;
      this.#remembered = null;
    }
  }

  dispose(): void {
    this.#restoreModel();
    this.manager.off('stack-item-added', this.#onAdded);
    this.manager.clear();
    this.manager.destroy();
  }

  #pop(stack: Y.UndoManager['undoStack'], pop: () => unknown): void {
    const group = groupOf(stack);
    let cursors: Remembered | null = null;
    const takeCursors = ({ stackItem }: { stackItem: { meta: Map<unknown, unknown> } }): void => {
      cursors = (stackItem.meta.get(CURSORS) as Remembered | undefined) ?? null;
    };
    this.#remembered = this.#options.remember();
    this.#group = group;
    this.manager.on('stack-item-popped', takeCursors);
    try {
      pop();
      if (group !== null) while (groupOf(stack) === group) pop();
    } finally {
      this.manager.off('stack-item-popped', takeCursors);
      this.#group = null;
      this.#remembered = null;
    }
    if (cursors !== null) this.#options.restore(cursors);
  }

  readonly #onAdded = ({ stackItem }: { stackItem: { meta: Map<unknown, unknown> } }): void => {
    if (this.#remembered !== null) stackItem.meta.set(CURSORS, this.#remembered);
    if (this.#group !== null) stackItem.meta.set(GROUP, this.#group);
  };

  /** As the manager will decide. Remembering costs a walk over the text, too much for every key. */
  #beginsStep(): boolean {
    const { lastChange, captureTimeout, undoStack } = this.manager;
    return lastChange === 0 || undoStack.length === 0 || Date.now() - lastChange >= captureTimeout;
  }

  #takeOver(model: editor.ITextModel): () => void {
    const own: ModelUndo = {
      undo: () => this.undo(),
      redo: () => this.redo(),
      canUndo: () => this.canUndo(),
      canRedo: () => this.canRedo(),
      pushStackElement: () => {
        this.stopCapturing();
        pushStackElement();
      },
    };
    const pushStackElement = model.pushStackElement.bind(model);
    const before = new Map(Object.keys(own).map((name) => [name, Object.getOwnPropertyDescriptor(model, name)]));
    Object.assign(model, own);
    return () => {
      for (const [name, descriptor] of before) {
        // Somebody else took over after us: theirs to restore.
        if (Reflect.get(model, name) !== Reflect.get(own, name)) continue;
        if (descriptor === undefined) Reflect.deleteProperty(model, name);
        else Object.defineProperty(model, name, descriptor);
      }
    };
  }
}

function groupOf(stack: Y.UndoManager['undoStack']): symbol | null {
  const group: unknown = stack.at(-1)?.meta.get(GROUP);
  return typeof group === 'symbol' ? group : null;
}
