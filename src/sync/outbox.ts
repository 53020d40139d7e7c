import type { OutboxEntry, OutboxStore } from '../core/ports.ts';
import { MAX_BATCH_BYTES } from '../core/limits.ts';
import { mergeUpdates } from '../core/merge.ts';

/** Updates that travel in one row. */
interface Batch {
  readonly row: string;
  readonly updates: Uint8Array[];
  bytes: number;
  /** Settles when each update so far is on this device, or cannot be. */
  stored: Promise<unknown>;
  /** How many of the updates are on this device. */
  onDevice: number;
}

export interface OutboxOptions {
  readonly project: string;
  readonly doc: string;
  readonly store: OutboxStore;
  readonly newRowId: () => string;
  /** Called after each change of `pending`. */
  readonly onChange: () => void;
}

/**
 * What this replica's user wrote in one document and the server has not acknowledged: a queue of batches, each with
 * the id of the row that will carry it [LOG-1, LOG-2]. The last batch takes what is typed until it is sent.
 *
 * A batch's row id is kept on the device with each of its updates, so that a restart sends the same rows again.
 */
export class Outbox {
  private readonly batches: Batch[] = [];
  /** The batch being sent takes nothing more. */
  private sealed: Batch | null = null;

  private readonly options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.options = options;
  }

  /** How many updates wait, and how many of these are on this device. */
  get pending(): { count: number; onDevice: number } {
    let count = 0;
    let onDevice = 0;
    for (const batch of this.batches) {
      count += batch.updates.length;
      onDevice += batch.onDevice;
    }
    return { count, onDevice };
  }

  /** Brings back what this or another page has left on this device; returns all updates of the document there. */
  async load(): Promise<readonly Uint8Array[]> {
    const loaded = await this.options.store.load(this.options.project, this.options.doc);
    if (!loaded.ok) return [];
    const known = new Set(this.batches.map((batch) => batch.row));
    const earlier: Batch[] = [];
    for (const entry of loaded.value) {
      if (known.has(entry.row)) continue;
      const last = earlier.find((batch) => batch.row === entry.row);
      const batch = last ?? emptyBatch(entry.row);
      if (!last) earlier.push(batch);
      batch.updates.push(entry.update);
      batch.bytes += entry.update.byteLength;
      batch.onDevice++;
    }
    this.batches.unshift(...earlier);
    this.options.onChange();
    return loaded.value.map((entry) => entry.update);
  }

  add(update: Uint8Array): void {
    let batch = this.batches.at(-1);
    if (!batch || batch === this.sealed || batch.bytes + update.byteLength > MAX_BATCH_BYTES) {
      batch = emptyBatch(this.options.newRowId());
      this.batches.push(batch);
    }
    batch.updates.push(update);
    batch.bytes += update.byteLength;
    batch.stored = Promise.all([batch.stored, this.keep(batch, { row: batch.row, doc: this.options.doc, update })]);
    this.options.onChange();
  }

  /**
   * The oldest batch as one update, once it is on this device or cannot be; `null` if nothing waits. It takes no more
   * updates from then on.
   */
  async next(): Promise<{ row: string; update: Uint8Array } | null> {
    const batch = this.batches[0];
    if (!batch) return null;
    this.sealed = batch;
    await batch.stored;
    return { row: batch.row, update: mergeUpdates(batch.updates) };
  }

  /** The row is stored on the server: its updates need not be kept here any more. */
  async acknowledge(row: string): Promise<void> {
    const index = this.batches.findIndex((batch) => batch.row === row);
    if (index >= 0) this.batches.splice(index, 1);
    this.options.onChange();
    // If this device cannot forget it now, it sends the row once more after a restart and is told that it is taken.
    await this.options.store.acknowledge(this.options.project, this.options.doc, row);
  }

  /** Resolves when each waiting update is on this device or cannot be. */
  async flush(): Promise<void> {
    await Promise.all(this.batches.map((batch) => batch.stored));
  }

  private async keep(batch: Batch, entry: OutboxEntry): Promise<void> {
    const kept = await this.options.store.add(this.options.project, entry);
    if (kept.ok) batch.onDevice++;
    this.options.onChange();
  }
}

function emptyBatch(row: string): Batch {
  return { row, updates: [], bytes: 0, stored: Promise.resolve(), onDevice: 0 };
}
