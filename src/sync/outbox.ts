import { MAX_BATCH_BYTES } from '../core/limits.ts';
import { mergeUpdates } from '../core/merge.ts';
import type { DeviceStore, OutboxEntry, OutboxKey } from '../core/ports.ts';

/** Updates that travel in one row. */
interface Batch {
  row: string;
  readonly updates: Uint8Array[];
  bytes: number;
  /** Settles when each update so far is on this device, or cannot be. */
  stored: Promise<unknown>;
  /** How many of the updates are on this device. */
  onDevice: number;
  /** Where they are on this device, or are being put. */
  keys: OutboxKey[];
  /** Takes nothing more: it is being sent, or another page began it. */
  sealed: boolean;
}

/** A write does not wait for the one before, and takes all along that may be missing: up to so many updates. */
const MOST_WRITTEN_TWICE = 50;

/** The row that will carry an update, and which of its updates it is, from 1. */
export interface Kept {
  readonly row: string;
  readonly position: number;
}

interface Unkept {
  readonly batch: Batch;
  readonly entry: OutboxEntry;
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
  private elsewhere = new Map<string, number>();
  /** The part of it that was heard of since the outbox of the device was last read. */
  private heardSince = new Map<string, number>();
  /** Updates that are not known to be on this device, in the order in which they were made. */
  private unkept: Unkept[] = [];
  private keeping: Promise<void> | null = null;
  private writing: Promise<void> | null = null;
  private sequence = 0;
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

  /** How many updates travel in a row; 0 if it is not known. */
  sizeOf(row: string): number {
    return this.batches.find((batch) => batch.row === row)?.updates.length ?? 0;
  }

  /** Whether this page itself has something to send. */
  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  /** In how many rows what waits in this page will travel, as far as it is known. */
  get rows(): number {
    return this.batches.length;
  }

  /** Whether another living page has something to send, as far as is known. */
  get waitsElsewhere(): boolean {
    return this.elsewhere.size > 0;
  }

  /** Takes over what pages that live no more have left on this device. Returns all updates that wait there. */
  async adopt(): Promise<readonly Uint8Array[]> {
    const { project, doc, device } = this.options;
    this.heardSince = new Map();
    const loaded = await device.outbox.load(project, doc);
    if (!loaded.ok) return [];
    const byRow = new Map<string, OutboxEntry[]>();
    for (const entry of loaded.value) byRow.set(entry.row, [...(byRow.get(entry.row) ?? []), entry]);

    const elsewhere = new Map<string, number>();
    const left: Batch[] = [];
    for (const [row, entries] of byRow) {
      const owner = entries[0]?.owner ?? device.owner;
      if (this.batches.some((batch) => batch.row === row)) continue;
      // Acknowledged, but this device could not forget it then.
      if (owner === device.owner) await device.outbox.forget(project, entries);
      else if (await device.isAlive(owner)) elsewhere.set(row, entries.length);
      else left.push(closedBatch(row, entries));
    }
    // Somebody may have been asked whether he lives while another call took the same rows over.
    this.batches.unshift(...left.filter(({ row }) => !this.batches.some((batch) => batch.row === row)));
    this.elsewhere = new Map([...elsewhere, ...this.heardSince]);
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
        keys: [],
        sealed: false,
      };
      this.batches.push(batch);
    }
    batch.updates.push(update);
    batch.bytes += update.byteLength;
    const kept = this.keep(batch, update);
    batch.stored = Promise.all([batch.stored, kept]);
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

  /**
   * What waits in this page, as rows that take nothing more from then on, up to the first that is not wholly on this
   * device. What comes after it would depend on something that may be lost with the page: should that be, one more row
   * under an id of its own holds all of it from there on. Whichever of them arrive, there is no gap.
   */
  sealAll(): { row: string; update: Uint8Array }[] {
    const lacking = this.batches.findIndex((batch) => batch.onDevice < batch.updates.length);
    const kept = lacking < 0 ? this.batches : this.batches.slice(0, lacking + 1);
    const rows = kept.map((batch) => {
      batch.sealed = true;
      return { row: batch.row, update: mergeUpdates(batch.updates) };
    });
    const unkept = this.batches.slice(kept.length - 1);
    if (lacking >= 0 && unkept.length > 1) {
      rows.push({ row: this.options.newRowId(), update: mergeUpdates(unkept.flatMap((batch) => batch.updates)) });
    }
    return rows;
  }

  /** The row is stored on the server: its updates need not be kept here any more. */
  async acknowledge(row: string): Promise<void> {
    const batch = this.batches.find((each) => each.row === row);
    if (!batch) return;
    this.batches.splice(this.batches.indexOf(batch), 1);
    this.unkept = this.unkept.filter((each) => each.batch !== batch);
    this.options.onChange();
    // If this device cannot forget it now, it is sent once more after a restart and found to be taken.
    await this.options.device.outbox.forget(this.options.project, batch.keys);
  }

  /** The id of a batch turned out to be taken by other content: its updates go under a new one. */
  async renew(row: string): Promise<void> {
    const batch = this.batches.find((each) => each.row === row);
    if (!batch) return;
    const before = batch.keys;
    batch.row = this.options.newRowId();
    batch.onDevice = 0;
    batch.keys = [];
    batch.stored = Promise.all(batch.updates.map((update) => this.keep(batch, update)));
    await batch.stored;
    await this.options.device.outbox.forget(this.options.project, before);
  }

  /** Another page tells of an update that it has put on this device. */
  heardUpdate({ row, position }: Kept): void {
    this.elsewhere.set(row, Math.max(position, this.elsewhere.get(row) ?? 0));
    this.heardSince.set(row, position);
    this.options.onChange();
  }

  /** Another page tells that the server has one of its rows. */
  heardStored(row: string): void {
    this.elsewhere.delete(row);
    this.heardSince.delete(row);
    this.options.onChange();
  }

  /** Resolves when each waiting update of this page is on this device or cannot be. */
  async flush(): Promise<void> {
    await Promise.all(this.batches.map((batch) => batch.stored));
  }

  /**
   * Puts an update on this device together with all earlier ones that may not be there: what the device holds of a page
   * never has a gap, whichever of the writes fails, so another page can send it.
   */
  private async keep(batch: Batch, update: Uint8Array): Promise<Kept | null> {
    const { doc, device } = this.options;
    const { row } = batch;
    const entry = { row, doc, owner: device.owner, sequence: this.sequence++, update };
    const position = batch.keys.push(entry);
    const mine = { batch, entry };
    this.unkept.push(mine);
    // Updates of one turn share a write; one that is under way is waited for only when there is much of it.
    const before = this.unkept.length > MOST_WRITTEN_TWICE ? this.writing : null;
    this.keeping ??= (before ?? Promise.resolve()).then(() => {
      this.keeping = null;
      this.writing = this.keepAll();
      return this.writing;
    });
    await this.keeping;
    return this.unkept.includes(mine) ? null : { row, position };
  }

  private async keepAll(): Promise<void> {
    const all = [...this.unkept];
    const entries = all.map((each) => each.entry);
    const kept = await this.options.device.outbox.put(this.options.project, entries);
    if (!kept.ok) return;
    for (const each of all) if (this.unkept.includes(each)) each.batch.onDevice++;
    this.unkept = this.unkept.filter((each) => !all.includes(each));
    this.options.onChange();
  }
}

function closedBatch(row: string, entries: readonly OutboxEntry[]): Batch {
  const updates = entries.map((entry) => entry.update);
  const bytes = updates.reduce((sum, update) => sum + update.byteLength, 0);
  const keys = [...entries];
  return { row, updates, bytes, stored: Promise.resolve(), onDevice: updates.length, keys, sealed: true };
}
