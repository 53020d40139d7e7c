import * as Y from 'yjs';

/**
 * Takes back what one restore did, and nothing else: edits of others and later ones stay, also without network. Documents
 * that it follows have to stay open until it ends.
 */
export class RestoreUndo {
  /** Of the transactions that are taken back. */
  readonly origin = { source: 'restore' } as const;
  /** Everything was followed that was to be. */
  readonly isComplete: boolean;
  private readonly managers: Y.UndoManager[] = [];
  private readonly closing: (() => void)[] = [];

  /** @param follows false: it is too much to be kept open */
  constructor(follows: boolean) {
    this.isComplete = follows;
  }

  /** From now on what happens to a text or map can be taken back. @returns whether it has to stay open until `close` is called */
  follow(type: Y.Text | Y.Map<unknown>, close: () => void): boolean {
    if (!this.isComplete) return false;
    const options = { trackedOrigins: new Set<unknown>([this.origin]), captureTimeout: Number.MAX_SAFE_INTEGER };
    this.managers.push(new Y.UndoManager(type, options));
    this.closing.push(close);
    return true;
  }

  run(): void {
    for (const manager of this.managers) while (manager.undoStack.length > 0) manager.undo();
  }

  /** Calling it twice is harmless. */
  end(): void {
    for (const manager of this.managers.splice(0)) manager.destroy();
    for (const close of this.closing.splice(0)) close();
  }
}
