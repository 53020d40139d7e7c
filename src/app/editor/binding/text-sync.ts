import type { editor, IDisposable } from 'monaco-editor/editor';
import * as Y from 'yjs';
import {
  batchOperations,
  isHighSurrogate,
  isLongerThan,
  minimalReplacement,
  type TextOperation,
} from '../../../core/text.ts';
import { editsFromDelta, mapOffset, type OffsetEdit } from './delta.ts';
import { operationsFromChanges } from './local-changes.ts';
import { anchorScroll } from './scroll-anchor.ts';
import { CARRIAGE_RETURN, hasCarriageReturn, removeCarriageReturns, renderText } from './shared-text.ts';
import type { Monaco } from './types.ts';

export interface TextSyncOptions {
  readonly text: Y.Text;
  readonly doc: Y.Doc;
  readonly model: editor.ITextModel;
  readonly monaco: Monaco;
  /** Origin of the transactions that carry local edits. */
  readonly origin: object;
  /** The editors that show the model now. */
  readonly visibleEditors: () => Iterable<editor.ICodeEditor>;
  readonly readOnly: () => boolean;
  /** In bytes of UTF-8. */
  readonly maxBytes: number;
  readonly onTooLong: () => void;
  /** Runs the transactions of one local edit; `count` tells how many there will be. */
  readonly transactions: (count: number, run: (transact: (change: () => void) => void) => void) => void;
  readonly onChange: (source: 'local' | 'remote') => void;
  /** The lengths differed although they should not; the model has been rebuilt. */
  readonly onMismatch: (found: Mismatch) => void;
}

export interface Mismatch {
  readonly modelLength: number;
  readonly textLength: number;
  readonly firstDifference: number;
}

/** Origin of the transactions that take `\r` out of the text: nobody's edit, so nobody's undo. */
const newlineOrigin = { source: 'newlines' } as const;

/**
 * Keeps a model and a `Y.Text` equal, from the first `takeText` on. The text is the truth.
 *
 * A change of the model is matched with the transaction it becomes by the model's version, and a transaction with the
 * change it came from by identity, never by a lock: what others change from inside either is seen and carried over.
 * Where deltas cannot be trusted (a transaction began before the one before it was observed) they are put aside, and the
 * model takes the text as a whole once all transactions are done.
 */
export class TextSync {
  readonly #options: TextSyncOptions;
  readonly #subscriptions: IDisposable[] = [];
  /** Transactions that hold nothing but local edits. */
  readonly #own = new WeakSet<Y.Transaction>();
  /** Transactions that somebody else began and that hold local edits among others. */
  readonly #mixed = new WeakSet<Y.Transaction>();
  /** Versions of the model that an edit of ours leads to, until Monaco has reported them. */
  readonly #ownVersions = new Set<number>();
  /** Monaco holds the report of our edit back, and will merge it with that of an edit which is not ours. */
  #heldBack = false;
  /** The version of the model that the text knows of. */
  #version: number;
  #pushing = false;
  #editing = false;
  #inTransactions = false;
  /** The transactions that have begun and are not all done, oldest first. */
  #begun: Y.Transaction[] = [];
  /** The model will take the whole text as soon as nothing is on its way. */
  #behind = false;
  /** The edits that the text has and the model has not, while it is behind. */
  #missed: OffsetEdit[][] = [];
  /** Whether the text may hold `\r`, and whether all of them are of our own making. */
  #carriageReturns: 'none' | 'foreign' | 'own' = 'none';

  constructor(options: TextSyncOptions) {
    this.#options = options;
    const { text, doc, model } = options;
    this.#forceLineFeeds();
    this.#version = model.getVersionId();
    if (text.toJSON().includes('\r')) this.#carriageReturns = 'foreign';
    this.#cleanCarriageReturns();
    this.#subscriptions.push(model.onDidChangeContent((event) => this.#onModelChange(event)));
    text.observe(this.#onTextChange);
    doc.on('beforeAllTransactions', this.#onTransactionsBegin);
    doc.on('beforeTransaction', this.#onTransaction);
    doc.on('afterAllTransactions', this.#onTransactionsEnd);
  }

  /** The model has seen everything, and nothing is on its way. */
  get settled(): boolean {
    return !this.#behind && this.#idle;
  }

  /** Every change of the model has been reported to us. */
  get modelSeen(): boolean {
    return this.#options.model.getVersionId() === this.#version;
  }

  /** A change of the text is being brought into the model. */
  get editingModel(): boolean {
    return this.#editing;
  }

  get #idle(): boolean {
    return !this.#pushing && !this.#inTransactions && this.modelSeen;
  }

  /** Makes the model what the text is, by the smallest replacement. Returns what differed, null if nothing did. */
  takeText(): Mismatch | null {
    const { text, model, monaco } = this.#options;
    this.#forceLineFeeds();
    const target = renderText(text);
    const current = model.getValue(monaco.editor.EndOfLinePreference.LF);
    if (target.includes(CARRIAGE_RETURN) && this.#carriageReturns === 'none') this.#carriageReturns = 'foreign';
    const replacement = minimalReplacement(current, target);
    if (replacement === null) return null;
    const { index, remove, insert } = awayFromHalves(current, replacement);
    this.#editModel([{ start: index, end: index + remove, text: insert }]);
    return { modelLength: current.length, textLength: target.length, firstDifference: replacement.index };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    const { text, doc } = this.#options;
    text.unobserve(this.#onTextChange);
    doc.off('beforeAllTransactions', this.#onTransactionsBegin);
    doc.off('beforeTransaction', this.#onTransaction);
    doc.off('afterAllTransactions', this.#onTransactionsEnd);
    // A round of listeners that is under way still calls us.
    this.#behind = false;
    this.#carriageReturns = 'none';
  }

  // From the model to the text

  #onModelChange(event: editor.IModelContentChangedEvent): void {
    // A listener that changes the model while it is told of a change makes the later event come first.
    this.#version = Math.max(this.#version, event.versionId);
    if (this.#ownVersions.delete(event.versionId)) return;
    if (event.isEolChange) {
      this.#forceLineFeeds();
      return;
    }
    if (this.#options.readOnly()) {
      this.#behind = true;
    } else if (this.#isTooLong(event)) {
      // Before anything of it is in the text: an update that no row can carry must not come to be.
      this.#behind = true;
      this.#options.onTooLong();
    } else if (event.isFlush || this.#heldBack) {
      this.#heldBack = false;
      this.#ownVersions.clear();
      this.#pushWholeModel();
      this.#forceLineFeeds();
    } else {
      this.#pushChanges(event);
    }
    this.#checkLength();
    this.#catchUp();
    this.#options.onChange('local');
  }

  #isTooLong({ changes }: editor.IModelContentChangedEvent): boolean {
    if (!changes.some(({ text }) => text !== '')) return false;
    const { model, monaco, maxBytes } = this.#options;
    const length = model.getValueLength(monaco.editor.EndOfLinePreference.LF);
    return isLongerThan(length, () => model.getValue(monaco.editor.EndOfLinePreference.LF), maxBytes);
  }

  #pushChanges(event: editor.IModelContentChangedEvent): void {
    const { model } = this.#options;
    const current = model.getVersionId() === event.versionId;
    const { operations, corrected } = operationsFromChanges(current ? model : null, event.changes);
    if (corrected) this.#behind = true;
    this.#push(operations);
  }

  /** After `setValue` the change is what differs, not everything: the cursors of the others stay where they are. */
  #pushWholeModel(): void {
    const { model, monaco, text } = this.#options;
    const replacement = minimalReplacement(renderText(text), model.getValue(monaco.editor.EndOfLinePreference.LF));
    if (replacement !== null) this.#push([replacement]);
  }

  #push(operations: readonly TextOperation[]): void {
    const { text } = this.#options;
    const batches = batchOperations(operations, () => renderText(text));
    this.#pushing = true;
    try {
      this.#options.transactions(batches.length, (transact) => {
        for (const batch of batches) transact(() => this.#transact(batch));
      });
    } finally {
      this.#pushing = false;
    }
  }

  #transact(batch: readonly TextOperation[]): void {
    const { doc, text, origin } = this.#options;
    doc.transact((transaction) => {
      const alone = transaction.origin === origin && !changesText(transaction, text);
      (alone ? this.#own : this.#mixed).add(transaction);
      for (const { index, remove, insert } of batch) {
        const start = Math.min(this.#afterMissed(index), text.length);
        const end = Math.min(this.#afterMissed(index + remove), text.length);
        // In this order the new text stands before the removed: what others put in front stays in front after undo.
        if (insert !== '') text.insert(start, insert);
        if (end > start) text.delete(start + insert.length, end - start);
      }
    }, origin);
  }

  #afterMissed(index: number): number {
    return this.#missed.reduce((offset, edits) => mapOffset(edits, offset), index);
  }

  // From the text to the model

  readonly #onTextChange = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (this.#own.has(transaction)) return;
    const { delta } = event;
    if (hasCarriageReturn(delta)) {
      this.#carriageReturns = transaction.local && this.#carriageReturns === 'none' ? 'own' : 'foreign';
    }
    const edits = editsFromDelta(delta);
    if (!this.#canApply(transaction) || this.#splitsCodePoint(edits)) {
      this.#behind = true;
      this.#missed.push(edits);
      return;
    }
    if (edits.length > 0) this.#editModel(edits);
    this.#checkLength();
    this.#options.onChange('remote');
  };

  /**
   * A delta fits the model if the model is what the text was before it. Not so if changes of the model are still to be
   * reported to us. And where an observer changed the text again, Yjs has no true deltas: what the second transaction
   * inserted is in the delta of the first, and may be missing from its own.
   */
  #canApply(transaction: Y.Transaction): boolean {
    if (this.#pushing || this.#behind || this.#mixed.has(transaction) || !this.modelSeen) return false;
    return this.#begun.every((each) => each === transaction || !changesText(each, this.#options.text));
  }

  /** Yjs then replaces both halves by U+FFFD, which no delta tells. */
  #splitsCodePoint(edits: readonly OffsetEdit[]): boolean {
    const { model } = this.#options;
    const splits = (offset: number): boolean => {
      const position = model.getPositionAt(offset);
      return model.validatePosition(position).column !== position.column;
    };
    return edits.some(({ start, end }) => splits(start) || (end !== start && splits(end)));
  }

  readonly #onTransaction = (transaction: Y.Transaction): void => {
    this.#begun.push(transaction);
  };

  readonly #onTransactionsBegin = (): void => {
    this.#inTransactions = true;
  };

  readonly #onTransactionsEnd = (): void => {
    this.#inTransactions = false;
    this.#begun = [];
    this.#catchUp();
    this.#cleanCarriageReturns();
  };

  #catchUp(): void {
    if (!this.#behind || !this.#idle) return;
    this.#behind = false;
    this.#missed = [];
    if (this.takeText() !== null) this.#options.onChange('remote');
    this.#cleanCarriageReturns();
  }

  /** Costs one look at the whole text for each change, but only as long as there is a `\r` in it. */
  #cleanCarriageReturns(): void {
    const whose = this.#carriageReturns;
    if (whose === 'none' || this.#options.readOnly()) return;
    this.#carriageReturns = 'none';
    const left = removeCarriageReturns(this.#options.text, whose === 'own', newlineOrigin);
    if (left) this.#carriageReturns = 'foreign';
  }

  // The model

  #editModel(edits: readonly OffsetEdit[]): void {
    const { model, monaco, visibleEditors } = this.#options;
    const restoreScroll = [...visibleEditors()].map((shown) => anchorScroll(monaco, shown, model, edits));
    const operations = edits.map(({ start, end, text }) => {
      const from = model.getPositionAt(start);
      const to = end === start ? from : model.getPositionAt(end);
      return {
        range: new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column),
        text,
      };
    });
    const wasEmpty = model.getValueLength() === 0;
    const next = model.getVersionId() + 1;
    this.#ownVersions.add(next);
    const nested = this.#editing;
    this.#editing = true;
    try {
      model.applyEdits(operations);
    } finally {
      this.#editing = nested;
    }
    if (this.#ownVersions.has(next)) {
      if (model.getVersionId() < next) this.#ownVersions.delete(next);
      else this.#heldBack = true;
    }
    for (const restore of restoreScroll) restore();
    // The first contents would push a caret from the beginning to the end.
    if (wasEmpty) for (const shown of visibleEditors()) shown.setPosition({ lineNumber: 1, column: 1 });
  }

  #forceLineFeeds(): void {
    const { model, monaco } = this.#options;
    if (model.getEOL() !== '\n') model.setEOL(monaco.editor.EndOfLineSequence.LF);
  }

  /** Costs nothing, and finds at once what the integrity check would find later. */
  #checkLength(): void {
    if (this.#behind) return;
    const { model, monaco, text } = this.#options;
    if (!this.modelSeen) return;
    if (model.getValueLength(monaco.editor.EndOfLinePreference.LF) === text.length) return;
    this.#behind = true;
    if (!this.#idle) return;
    this.#behind = false;
    const found = this.takeText();
    if (found !== null) this.#options.onMismatch(found);
  }
}

function changesText(transaction: Y.Transaction, text: Y.Text): boolean {
  return transaction.changed.has(text as unknown as Parameters<typeof transaction.changed.has>[0]);
}

/** Monaco takes a place behind any first half of a pair, even a lone one, for the inside of a pair, and moves it. */
function awayFromHalves(before: string, { index, remove, insert }: TextOperation): TextOperation {
  let start = index;
  let end = index + remove;
  while (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start--;
  while (end < before.length && isHighSurrogate(before.charCodeAt(end - 1))) end++;
  return {
    index: start,
    remove: end - start,
    insert: before.slice(start, index) + insert + before.slice(index + remove, end),
  };
}
