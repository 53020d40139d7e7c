import { MAX_BATCH_BYTES } from '../core/limits.ts';
import { mergeUpdates } from '../core/merge.ts';
import type { DeviceStore, OutboxEntry } from '../core/ports.ts';

/** Updates that travel in one row. */
interface Batch {
  row: string;
  readonly updates: Uint8Array[];
  bytes: number;
  /** Settles when each update so far is on this device, or cannot be. */
  stored: Promise<unknown>;
  /** How many of the updates are on this device. */
  onDevice: number;
  /** Takes nothing more: it is being sent, or another page began it. */
  sealed: boolean;
}

/** The row that will carry an update, and which of its updates it is, from 1. */
export interface Kept {
  readonly row: string;
  readonly position: number;
}

export interface OutboxOptions {
  readonly project: string;
  readonly doc: string;
  readonly device: DeviceStore;
  readonly newRowId: () => string;
  /** Called after each change of `pending`. */
  readonly onChange: () => void;
}

/**
 * What this device's user wrote in one document and the server has not acknowledged: a queue of batches, each with the
 * id of the row that will carry it [LOG-1, LOG-2]. The last batch takes what is typed until it is sent.
 *
 * Each page sends what it wrote; what a page left behind is taken over by one that lives. Only then is it certain that
 * a row's content does not change any more.
 */
export class Outbox {
  private readonly batches: Batch[] = [];
  /** Rows of other living pages, with the number of updates that are known of each. */
  private readonly elsewhere = new Map<string, number>();
  /** Updates that are not on this device yet, in the order in which they were made. */
  private unkept: { readonly batch: Batch; readonly update: Uint8Array }[] = [];
  private keeping: Promise<unknown> = Promise.resolve();
  private readonly options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.options = options;
  }

  /** How many updates wait, in this page and in others, and how many of these are on this device. */
  get pending(): { count: number; onDevice: number } {
    let count = 0;
    let onDevice = 0;
    for (const batch of this.batches) {
      count += batch.updates.length;
      onDevice += batch.onDevice;
    }
    // Other pages tell only of what is on the device.
    for (const updates of this.elsewhere.values()) {
      count += updates;
      onDevice += updates;
    }
    return { count, onDevice };
  }

  /** Whether this page itself has something to send. */
  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  /** Takes over what pages that live no more have left on this device. Returns all updates that wait there. */
  async adopt(): Promise<readonly Uint8Array[]> {
    const { project, doc, device } = this.options;
    const loaded = await device.outbox.load(project, doc);
    if (!loaded.ok) return [];
    const byRow = new Map<string, OutboxEntry[]>();
    for (const entry of loaded.value) byRow.set(entry.row, [...(byRow.get(entry.row) ?? []), entry]);

    this.elsewhere.clear();
    const left: Batch[] = [];
    for (const [row, entries] of byRow) {
      const owner = entries[0]?.owner ?? device.owner;
      if (this.batches.some((batch) => batch.row === row)) continue;
      // Acknowledged, but this device could not forget it then.
      if (owner === device.owner) await device.outbox.acknowledge(project, doc, row);
      else if (await device.isAlive(owner)) this.elsewhere.set(row, entries.length);
      else left.push(closedBatch(row, entries));
    }
    // Somebody may have been asked whether he lives while another call took the same rows over.
    this.batches.unshift(...left.filter(({ row }) => !this.batches.some((batch) => batch.row === row)));
    this.options.onChange();
    return loaded.value.map((entry) => entry.update);
  }

  /** Resolves to where the update is on this device, to `null` if it cannot be kept there. */
  add(update: Uint8Array): Promise<Kept | null> {
    let batch = this.batches.at(-1);
    if (!batch || batch.sealed || batch.bytes + update.byteLength > MAX_BATCH_BYTES) {
      batch = {
        row: this.options.newRowId(),
        updates: [],
        bytes: 0,
        stored: Promise.resolve(),
        onDevice: 0,
        sealed: false,
      };
      this.batches.push(batch);
    }
    batch.updates.push(update);
    batch.bytes += update.byteLength;
    const kept = this.keep(batch, update);
    batch.stored = kept;
    this.options.onChange();
    return kept;
  }

  /**
   * The oldest batch as one update, once it is on this device or cannot be; `null` if nothing waits. It takes no more
   * updates from then on.
   */
  async next(): Promise<{ row: string; update: Uint8Array } | null> {
    const batch = this.batches[0];
    if (!batch) return null;
    batch.sealed = true;
    await batch.stored;
    return { row: batch.row, update: mergeUpdates(batch.updates) };
  }

  /** The row is stored on the server: its updates need not be kept here any more. */
  async acknowledge(row: string): Promise<void> {
    const index = this.batches.findIndex((batch) => batch.row === row);
    if (index >= 0) this.batches.splice(index, 1);
    this.unkept = this.unkept.filter(({ batch }) => batch.row !== row);
    this.options.onChange();
    // If this device cannot forget it now, it is sent once more after a restart and found to be taken.
    await this.options.device.outbox.acknowledge(this.options.project, this.options.doc, row);
  }

  /** The id of a batch turned out to be taken by other content: it gets a new one. */
  async renew(row: string): Promise<void> {
    const batch = this.batches.find((each) => each.row === row);
    if (!batch) return;
    batch.row = this.options.newRowId();
    batch.onDevice = 0;
    batch.stored = Promise.all(batch.updates.map((update) => this.keep(batch, update)));
    await batch.stored;
    await this.options.device.outbox.acknowledge(this.options.project, this.options.doc, row);
  }

  /** Another page tells of an update that it has put on this device. */
  heardUpdate({ row, position }: Kept): void {
    this.elsewhere.set(row, Math.max(position, this.elsewhere.get(row) ?? 0));
    this.options.onChange();
  }

  /** Another page tells that the server has one of its rows. */
  heardStored(row: string): void {
    this.elsewhere.delete(row);
    this.options.onChange();
  }

  /** Resolves when each waiting update of this page is on this device or cannot be. */
  async flush(): Promise<void> {
    await Promise.all(this.batches.map((batch) => batch.stored));
  }

  /**
   * Puts an update on this device, with all earlier ones that are not there yet: what the device holds of a page has no
   * gap, so that it can be sent by another page.
   */
  private keep(batch: Batch, update: Uint8Array): Promise<Kept | null> {
    const mine = { batch, update };
    const position = batch.updates.indexOf(update) + 1;
    this.unkept.push(mine);
    const kept = this.keeping.then(async () => {
      if (this.unkept.includes(mine)) await this.keepAll();
      return this.unkept.includes(mine) ? null : { row: batch.row, position };
    });
    this.keeping = kept;
    return kept;
  }

  private async keepAll(): Promise<void> {
    const { project, doc, device } = this.options;
    const all = [...this.unkept];
    const entries = all.map(({ batch, update }) => ({ row: batch.row, doc, owner: device.owner, update }));
    const kept = await device.outbox.add(project, entries);
    if (!kept.ok) return;
    this.unkept = this.unkept.filter((each) => !all.includes(each));
    for (const { batch } of all) batch.onDevice++;
    this.options.onChange();
  }
}

function closedBatch(row: string, entries: readonly OutboxEntry[]): Batch {
  const updates = entries.map((entry) => entry.update);
  const bytes = updates.reduce((sum, update) => sum + update.byteLength, 0);
  return { row, updates, bytes, stored: Promise.resolve(), onDevice: updates.length, sealed: true };
}
