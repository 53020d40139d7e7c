import { CreditBuilder, type Updates } from './credit.ts';
import { NEVER } from './arrivals.ts';
import type { Runs } from './runs.ts';
import type { Hunk, Piece } from './types.ts';
import type { TextOperation } from '../text.ts';

/** The changes from one moment to another; see `TextHistory.diff`. */
export function diffRuns(updates: Updates, runs: Runs, before: number, after: number): Hunk[] {
  const builder = new HunkBuilder(updates, runs, after < before);
  runs.eachChange(
    before,
    after,
    (length) => builder.keep(length),
    (run) => {
      if (runs.isThere(run, before)) builder.remove(run);
      else builder.insert(run);
    },
  );
  return builder.end();
}

/** The hunks as operations on the text before, from its end to its beginning: each fits the text the ones before it left. */
export function operationsOf(hunks: readonly Hunk[]): TextOperation[] {
  return hunks
    .map(({ before, removed, inserted }) => ({ index: before, remove: removed.length, insert: inserted }))
    .reverse();
}

/** Puts hunks together from what a pass over the runs meets. */
export class HunkBuilder {
  private readonly updates: Updates;
  private readonly runs: Runs;
  private readonly reverses: boolean;
  private readonly hunks: Hunk[] = [];
  private before = 0;
  private after = 0;
  private pieces: Piece[] = [];
  private open: OpenPiece | null = null;

  /** @param reverses the hunks take changes back: their pieces say whose changes these were */
  constructor(updates: Updates, runs: Runs, reverses: boolean) {
    this.updates = updates;
    this.runs = runs;
    this.reverses = reverses;
  }

  /** Text of so many code units is in both. */
  keep(length: number): void {
    if (length === 0) return;
    this.close();
    this.before += length;
    this.after += length;
  }

  /** A run is only in the text before. */
  remove(run: number): void {
    this.piece('deleted', run, this.before);
    this.before += this.runs.endOf(run) - this.runs.start.at(run);
  }

  /** A run is only in the text after. */
  insert(run: number): void {
    this.piece('inserted', run, this.after);
    this.after += this.runs.endOf(run) - this.runs.start.at(run);
  }

  end(): Hunk[] {
    this.close();
    return this.hunks;
  }

  private piece(kind: Piece['kind'], run: number, index: number): void {
    const { runs, updates } = this;
    const written = runs.row.at(run);
    const deleter = runs.deleter.at(run);
    const isDeletion = (kind === 'deleted') !== this.reverses;
    const by = isDeletion && deleter !== NEVER ? deleter : written;
    const text = runs.all.slice(runs.start.at(run), runs.endOf(run));
    const { open } = this;
    if (open?.kind === kind && open.by.fits(by) && open.written.fits(written)) {
      open.by.take(by);
      open.written.take(written);
      open.texts.push(text);
      return;
    }
    this.closePiece();
    this.open = {
      kind,
      index,
      texts: [text],
      by: new CreditBuilder(updates, by),
      written: new CreditBuilder(updates, written),
    };
  }

  private closePiece(): void {
    if (this.open === null) return;
    const { kind, index, texts, by, written } = this.open;
    this.pieces.push({ kind, index, text: texts.join(''), by: by.credit, written: written.credit });
    this.open = null;
  }

  private close(): void {
    this.closePiece();
    if (this.pieces.length === 0) return;
    const removed = textOf(this.pieces, 'deleted');
    const inserted = textOf(this.pieces, 'inserted');
    this.hunks.push({
      before: this.before - removed.length,
      after: this.after - inserted.length,
      removed,
      inserted,
      pieces: this.pieces,
    });
    this.pieces = [];
  }
}

interface OpenPiece {
  readonly kind: Piece['kind'];
  readonly index: number;
  readonly texts: string[];
  readonly by: CreditBuilder;
  readonly written: CreditBuilder;
}

function textOf(pieces: readonly Piece[], kind: Piece['kind']): string {
  let text = '';
  for (const piece of pieces) if (piece.kind === kind) text += piece.text;
  return text;
}
