import type { FileHistory } from '../session/history-api.ts';

/**
 * Keeps moments at the rows by which they were chosen: a row that arrives late moves the positions behind it, but not what
 * somebody looks at.
 */
export class HeldPlaces {
  private held: readonly { readonly position: number; readonly row: string }[] = [];
  private gone: ReadonlySet<number> = new Set();

  /** Remembers which rows these positions are; others are forgotten. */
  async hold(file: FileHistory, positions: readonly number[]): Promise<void> {
    if (positions.length === this.held.length && this.held.every(({ position }, at) => position === positions[at]))
      return;
    const rows = await file.ask('rowsAt', positions);
    this.held = positions.flatMap((position, at) => {
      const row = rows[at] ?? null;
      return row === null ? [] : [{ position, row }];
    });
  }

  /**
   * Where they are now, by where they were; what is not held, or is gone, stays where it is. `null`: none of them has moved,
   * so nothing came before the last of them.
   */
  async follow(file: FileHistory): Promise<((position: number) => number) | null> {
    const { held } = this;
    const places = await file.ask(
      'positionsOf',
      held.map(({ row }) => row),
    );
    this.gone = new Set(held.flatMap(({ position }, at) => ((places[at] ?? null) === null ? [position] : [])));
    const moved = new Map(held.map(({ position }, at) => [position, places[at] ?? position]));
    this.held = held.map(({ row, position }) => ({ row, position: moved.get(position) ?? position }));
    if ([...moved].every(([before, now]) => before === now)) return null;
    return (position) => moved.get(position) ?? position;
  }

  /** Whether the row of this position was no longer in the history when that was looked at last. */
  isGone(position: number): boolean {
    return this.gone.has(position);
  }

  forget(): void {
    this.held = [];
    this.gone = new Set();
  }
}
