/**
 * Which update brought which content, and which deleted it.
 *
 * Updates come in their order; what lacks something waits, and takes effect with the update that brings it, as in Yjs.
 * Content is named by the Yjs client and clock that its author gave it, but whose it is follows from the first update
 * that brought it alone: ids are claimed, stamps are proven [STAMP-3, P44].
 *
 * Each code unit of text gets a number, its **unit**, in the order of arrival. Everything else has only its clocks.
 */
import * as Y from 'yjs';
import { isHighSurrogate, isLowSurrogate } from '../text.ts';
import { Numbers } from './numbers.ts';

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];

export interface DecodedUpdate {
  readonly structs: readonly Struct[];
  readonly ds: Y.Snapshot['ds'];
}

/** The content of one client, range by range. */
class ClientContent {
  /** The clock that comes next. */
  next = 0;
  readonly starts = new Numbers(4);
  readonly rows = new Numbers(4);
  /** When it took effect; later than the row where it had to wait. */
  readonly since = new Numbers(4);
  /** The first unit; `NO_UNIT` for what is not text. */
  readonly units = new Numbers(4);

  /** Index of the range that holds a clock below `next`. */
  find(clock: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts.at(middle) <= clock) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Adds a range at `next`; one that goes on with the last is joined to it. */
  push(start: number, row: number, since: number, unit: number): void {
    const last = this.starts.length - 1;
    if (last >= 0 && this.rows.at(last) === row && this.since.at(last) === since) {
      const before = this.units.at(last);
      if (before === NO_UNIT ? unit === NO_UNIT : before + start - this.starts.at(last) === unit) return;
    }
    this.starts.push(start);
    this.rows.push(row);
    this.since.push(since);
    this.units.push(unit);
  }

  endOf(range: number): number {
    return range + 1 < this.starts.length ? this.starts.at(range + 1) : this.next;
  }
}

/** Of content that is no text. */
export const NO_UNIT = 0xffff_ffff;

/** Of what was never deleted. */
export const NEVER = 0xffff_ffff;

/** The structs of one client in one update, of which those from `at` on are not integrated. */
interface Part {
  readonly row: number;
  readonly structs: readonly Struct[];
  at: number;
}

/** A range of clocks and the row that brought it first. */
interface Credited {
  readonly from: number;
  readonly to: number;
  readonly first: number;
}

interface WaitingDelete {
  readonly row: number;
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

/** Text that was deleted once more by a later update, or at the same time by another author. */
export interface RepeatedDelete {
  readonly unit: number;
  readonly length: number;
  readonly row: number;
}

/**
 * Something was put between the two halves of a surrogate pair, or only one of them was deleted: Yjs then makes two
 * replacement characters of them, for good.
 */
export interface Cut {
  readonly row: number;
  readonly since: number;
}

export interface ArrivalListener {
  /** A row was the first to bring some content under the id of a client. */
  credited(client: number, row: number): void;
  /** A struct takes effect; so much of its beginning was there already. */
  integrated(struct: Struct, known: number, row: number): void;
}

export class Arrivals {
  private readonly clients = new Map<number, ClientContent>();
  private readonly parts = new Map<number, Part[]>();
  /** The waiting parts by the client whose content they bring. */
  private readonly waitingOf = new Map<number, Set<Part>>();
  private readonly deletes = new Map<number, WaitingDelete[]>();
  /** For each unit the row that deleted it, plus 1; 0: none. */
  private readonly deleters = new Numbers(1024);
  readonly repeated: RepeatedDelete[] = [];
  /** By the unit of the first half. */
  readonly cuts = new Map<number, Cut>();
  /** The code units, in the order of arrival. */
  private readonly codes = new Numbers(1024);
  private hasPairs = false;
  private readonly insertedBy = new Numbers();
  private readonly deletedBy = new Numbers();
  /** Rows of which something waits. */
  private readonly waitingParts = new Map<number, number>();
  private readonly listener: ArrivalListener;

  constructor(listener: ArrivalListener) {
    this.listener = listener;
  }

  /** Takes the update of a row; rows count up from 0, which stands for what was before the history. */
  add(row: number, { structs, ds }: DecodedUpdate): void {
    const touched: number[] = [];
    const parts = partsOf(row, structs);
    this.integrateAll(parts, row, touched);
    for (const part of parts) this.wait(part);
    for (const [client, ranges] of ds.clients) {
      for (const { clock, len } of ranges) this.remove({ row, client, clock, length: len }, row);
    }
    if (this.waitingParts.size === 0) return;
    for (let client = touched.pop(); client !== undefined; client = touched.pop()) this.wake(client, row, touched);
  }

  /** Rows of which something waits for what is not there. */
  get waiting(): number[] {
    return [...this.waitingParts.keys()].sort((a, b) => a - b);
  }

  /** The content that a client has brought, or `null`. */
  contentOf(client: number): ClientContent | null {
    return this.clients.get(client) ?? null;
  }

  /**
   * The row that deleted a unit, or `NEVER`. That is also from when on it is gone: what was deleted before it came is never
   * there.
   */
  deleterOf(unit: number): number {
    const deleter = this.deleters.at(unit);
    return deleter === 0 ? NEVER : deleter - 1;
  }

  /** The code unit that a unit is, as it came. */
  codeOf(unit: number): number {
    return this.codes.at(unit);
  }

  insertedUnits(row: number): number {
    return this.insertedBy.at(row);
  }

  deletedUnits(row: number): number {
    return this.deletedBy.at(row);
  }

  private state(client: number): number {
    return this.clients.get(client)?.next ?? 0;
  }

  /** Integrates what has all it needs; the clients that got further go into `touched`. */
  private integrateAll(parts: readonly Part[], now: number, touched: number[]): void {
    for (let more = true; more;) {
      more = false;
      for (const part of parts) {
        const before = part.at;
        while (part.at < part.structs.length) {
          const struct = part.structs[part.at];
          if (struct === undefined || this.missing(struct) !== null) break;
          this.integrate(struct, part.row, now);
          part.at++;
        }
        if (part.at === before) continue;
        // A part of one update can be what another one of it needs.
        more = parts.length > 1;
        const client = part.structs[0]?.id.client;
        if (client !== undefined) touched.push(client);
      }
    }
  }

  /** The client whose content a struct lacks, or `null` if nothing is missing: what Yjs asks for as well. */
  private missing(struct: Struct): number | null {
    const { client, clock } = struct.id;
    if (clock > this.state(client)) return client;
    if (!(struct instanceof Y.Item)) return null;
    const { origin, rightOrigin, parent } = struct;
    for (const id of [origin, rightOrigin, parent]) {
      if (id instanceof Y.ID && id.client !== client && id.clock >= this.state(id.client)) return id.client;
    }
    return null;
  }

  private integrate(struct: Struct, row: number, now: number): void {
    const { client, clock } = struct.id;
    let content = this.clients.get(client);
    if (!content) {
      content = new ClientContent();
      this.clients.set(client, content);
    }
    const known = content.next - clock;
    const length = struct.length - known;
    if (length <= 0) return;
    const start = content.next;
    if (this.hasPairs && struct instanceof Y.Item) this.findCut(struct, row, now);
    const text = struct instanceof Y.Item && struct.content instanceof Y.ContentString ? struct.content.str : null;
    const unit = text === null ? NO_UNIT : this.codes.length;
    for (const { from, to, first } of this.creditsOf(client, start, start + length, row)) {
      content.push(from, first, now, unit === NO_UNIT ? NO_UNIT : unit + from - start);
      if (text !== null) this.insertedBy.set(first, this.insertedBy.at(first) + to - from);
      this.listener.credited(client, first);
    }
    content.next += length;
    if (text !== null) this.addText(text, known);
    this.listener.integrated(struct, known, row);
  }

  /** Whose the clocks of a client are: those of `row`, unless an earlier row brought some of them and had to wait. */
  private creditsOf(client: number, start: number, end: number, row: number): Credited[] {
    const waiting = this.waitingOf.get(client);
    if (!waiting) return [{ from: start, to: end, first: row }];
    const credits: Credited[] = [];
    for (let from = start; from < end;) {
      let first = row;
      let to = end;
      for (const { row: earlier, structs } of waiting) {
        // They stand in the order of their rows.
        if (earlier >= row) break;
        for (const { id, length } of structs) {
          const [begin, behind] = [id.clock, id.clock + length];
          if (begin > from && begin < to) to = begin;
          if (behind > from && behind < to) to = behind;
          if (begin <= from && behind > from) first = Math.min(first, earlier);
        }
      }
      credits.push({ from, to, first });
      from = to;
    }
    return credits;
  }

  private addText(text: string, known: number): void {
    for (let at = known; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (isHighSurrogate(code)) this.hasPairs = true;
      // Of a pair of which the first half is known, that half alone, Yjs makes replacement characters.
      const isHalf = at === known && at > 0 && isHighSurrogate(text.charCodeAt(at - 1));
      this.codes.push(isHalf ? 0xfffd : code);
    }
  }

  /** Whether an item is put between the halves of a pair. */
  private findCut({ origin, rightOrigin }: Y.Item, row: number, now: number): void {
    if (origin !== null) this.cutBefore(origin.client, origin.clock + 1, row, now);
    if (rightOrigin !== null) this.cutBefore(rightOrigin.client, rightOrigin.clock, row, now);
  }

  /** Cuts the pair whose second half has this id, if it is one. */
  private cutBefore(client: number, clock: number, row: number, now: number): void {
    const content = this.clients.get(client);
    if (!content || clock <= 0 || clock >= content.next) return;
    const range = content.find(clock);
    const first = content.units.at(range);
    const offset = clock - content.starts.at(range);
    if (first === NO_UNIT || offset === 0) return;
    const unit = first + offset;
    if (!isLowSurrogate(this.codes.at(unit)) || !isHighSurrogate(this.codes.at(unit - 1))) return;
    if (!this.cuts.has(unit - 1)) this.cuts.set(unit - 1, { row, since: now });
  }

  /** Deletes what is there already, lets the rest wait. */
  private remove(range: WaitingDelete, now: number): void {
    const { row, client, clock, length } = range;
    const content = this.clients.get(client);
    const end = clock + length;
    const there = Math.min(end, content?.next ?? 0);
    if (content && clock < there) {
      if (this.hasPairs) {
        this.cutBefore(client, clock, row, now);
        this.cutBefore(client, there, row, now);
      }
      this.removeKnown(content, clock, there, row);
    }
    if (end > there) {
      const rest = Math.max(clock, there);
      add(this.deletes, client, { row, client, clock: rest, length: end - rest });
      this.count(row, 1);
    }
  }

  private removeKnown(content: ClientContent, start: number, end: number, row: number): void {
    for (let range = content.find(start), at = start; at < end; range++) {
      const to = Math.min(end, content.endOf(range));
      const unit = content.units.at(range);
      if (unit !== NO_UNIT) {
        const first = unit + at - content.starts.at(range);
        this.removeUnits(first, first + to - at, row);
      }
      at = to;
    }
  }

  private removeUnits(start: number, end: number, row: number): void {
    let fresh = 0;
    for (let unit = start; unit < end; unit++) {
      const deleter = this.deleters.at(unit);
      if (deleter === 0) {
        this.deleters.set(unit, row + 1);
        fresh++;
      } else if (deleter !== row + 1) {
        const last = this.repeated.at(-1);
        if (last?.row === row && last.unit + last.length === unit) {
          this.repeated[this.repeated.length - 1] = { ...last, length: last.length + 1 };
        } else this.repeated.push({ unit, length: 1, row });
      }
    }
    if (fresh > 0) this.deletedBy.set(row, this.deletedBy.at(row) + fresh);
  }

  /** Lets a part wait for what it lacks; nothing to do if it is done. */
  private wait(part: Part, isNew = true): void {
    const struct = part.structs[part.at];
    if (struct === undefined) {
      if (!isNew) this.forget(part);
      return;
    }
    const missing = this.missing(struct);
    if (missing === null) throw new Error('A part waits although nothing is missing');
    add(this.parts, missing, part);
    if (!isNew) return;
    this.count(part.row, 1);
    const own = this.waitingOf.get(struct.id.client);
    if (own) own.add(part);
    else this.waitingOf.set(struct.id.client, new Set([part]));
  }

  private forget(part: Part): void {
    this.count(part.row, -1);
    const client = part.structs[0]?.id.client ?? -1;
    const own = this.waitingOf.get(client);
    own?.delete(part);
    if (own?.size === 0) this.waitingOf.delete(client);
  }

  private count(row: number, by: number): void {
    const sum = (this.waitingParts.get(row) ?? 0) + by;
    if (sum === 0) this.waitingParts.delete(row);
    else this.waitingParts.set(row, sum);
  }

  /** Goes on with what waited for a client, the oldest row first. */
  private wake(client: number, now: number, touched: number[]): void {
    const parts = this.parts.get(client) ?? [];
    this.parts.delete(client);
    for (const part of parts.sort((a, b) => a.row - b.row)) {
      this.integrateAll([part], now, touched);
      this.wait(part, false);
    }
    const deletes = this.deletes.get(client) ?? [];
    this.deletes.delete(client);
    for (const range of deletes) {
      this.count(range.row, -1);
      this.remove(range, now);
    }
  }
}

function partsOf(row: number, structs: readonly Struct[]): Part[] {
  const parts: { row: number; structs: Struct[]; at: number }[] = [];
  for (const struct of structs) {
    // Gaps between what an update carries.
    if (struct instanceof Y.Skip) continue;
    const last = parts.at(-1);
    if (last?.structs[0]?.id.client === struct.id.client) last.structs.push(struct);
    else parts.push({ row, structs: [struct], at: 0 });
  }
  return parts;
}

function add<T>(map: Map<number, T[]>, key: number, item: T): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}
