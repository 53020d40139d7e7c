/**
 * What is wrong with a stored document, and how it can be put right: its log decodes, each state is the replay of its
 * segments, each struct was written by somebody whom the history names, nothing is left over.
 */
import * as Y from 'yjs';
import type { LogEntry, UpdateRow } from '../codec.ts';
import { failure, success, type Outcome } from '../failures.ts';
import { contentOf, contentOfSnapshot, IdRanges } from '../id-ranges.ts';
import { retryPending } from '../pending.ts';
import type { Cure } from './cure.ts';
import { baseOf, fold, heldAlready, holdsAll } from './fold.ts';
import { isDamage } from './frame.ts';
import { allSnapshots } from './history.ts';
import { readSegment, readState } from './load.ts';
import { sortRows } from './plan.ts';
import type { CompactionStore, LogPosition } from './ports.ts';
import { sameContent } from './same-content.ts';
import { summaryOf, type SnapshotRecord } from './snapshot.ts';

/** What a document costs in storage, as it is stored: rows and what stands in them in base64, snapshots deflated. */
export interface Bill {
  /** Rows of the log. */
  readonly rows: number;
  readonly logBytes: number;
  readonly stateBytes: number;
  readonly segmentBytes: number;
  /** Snapshots. */
  readonly generations: number;
}

export interface Finding {
  /** What is wrong, in words. */
  readonly what: string;
  /** What would put it right; `null` where nothing can. */
  readonly cure: Cure | null;
}

export interface Examination {
  readonly bill: Bill;
  readonly findings: readonly Finding[];
  /** Rows that wait for others which have not arrived: no damage, their author may be offline. */
  readonly waiting: number;
  /** What the document holds with its log, as `Y.encodeSnapshotV2` writes it; `null` if no state can be read. */
  readonly holds: Uint8Array | null;
}

/** How often a document that is compacted meanwhile is looked at again. */
const ATTEMPTS = 5;

/**
 * Examines one document. What is found is looked at twice, so that nothing which a compaction is about to finish is taken
 * for damage. Fails with what the store fails with, and with `server` if it is compacted again and again.
 */
export async function examineDocument(
  store: CompactionStore,
  project: string,
  doc: string,
): Promise<Outcome<Examination>> {
  const first = await examineOnce(store, project, doc);
  if (!first.ok || first.value.findings.length === 0) return first;
  const second = await examineOnce(store, project, doc);
  if (!second.ok) return second;
  const seen = new Set(first.value.findings.map(({ what }) => what));
  return success({ ...second.value, findings: second.value.findings.filter(({ what }) => seen.has(what)) });
}

async function examineOnce(store: CompactionStore, project: string, doc: string): Promise<Outcome<Examination>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = await store.list(project, doc, 1);
    if (!head.ok) return head;
    const rows = await allRows(store, project, doc);
    if (!rows.ok) return rows;
    const records = await allSnapshots(store, project, doc);
    if (!records.ok) return records;
    if (records.value.at(-1)?.generation !== head.value[0]?.generation) continue;
    const chart = new Chart(store);
    const read = await chart.readSnapshots(records.value);
    if (!read.ok) return read;
    const waiting = chart.readLog(rows.value, project, doc);
    const { findings, holds } = chart;
    return success({ bill: billOf(rows.value, records.value), findings, waiting, holds });
  }
  return failure('server', `${doc} is being compacted all the time. Try again.`);
}

async function allRows(store: CompactionStore, project: string, doc: string): Promise<Outcome<UpdateRow[]>> {
  const rows = new Map<string, UpdateRow>();
  let from: LogPosition | null = null;
  do {
    const page = await store.rows(project, doc, from);
    if (!page.ok) return page;
    // A database that ignores case lists rows of other documents as well.
    for (const row of page.value.rows) if (row.project === project && row.doc === doc) rows.set(row.id, row);
    from = page.value.next;
  } while (from !== null);
  return success([...rows.values()]);
}

function billOf(rows: readonly UpdateRow[], records: readonly SnapshotRecord[]): Bill {
  return {
    rows: rows.length,
    logBytes: rows.reduce((sum, { data }) => sum + data.length, 0),
    stateBytes: records.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
    segmentBytes: records.reduce((sum, { segmentBytes }) => sum + segmentBytes, 0),
    generations: records.length,
  };
}

/** What is known of one document while it is examined. */
class Chart {
  readonly findings: Finding[] = [];
  /** Once the log has been read. */
  holds: Uint8Array | null = null;
  private readonly store: CompactionStore;
  /** The replay of what has been read; `null` where something that it needs cannot be read. */
  private replay: Y.Doc | null = new Y.Doc();
  /** Structs whose author the history names, or whose history was purged. */
  private readonly attributed = new IdRanges();
  private readonly folded = new Set<string>();

  constructor(store: CompactionStore) {
    this.store = store;
  }

  /** @param records all snapshots of the document, the oldest first */
  async readSnapshots(stored: readonly SnapshotRecord[]): Promise<Outcome<void>> {
    const records = await this.unmark(stored);
    if (!records.ok) return records;
    return this.readFrom(records.value);
  }

  /**
   * A base has no segment. Where a generation that has one is marked as a base, and all before it is there, the mark is
   * what is wrong: what is older than it is part of the history.
   */
  private async unmark(stored: readonly SnapshotRecord[]): Promise<Outcome<readonly SnapshotRecord[]>> {
    const records = [...stored];
    for (const [at, record] of records.entries()) {
      if (!record.isBase || record.segmentBytes === 0) continue;
      const unmarked = { ...record, isBase: false };
      const segment = await readSegment(this.store, record);
      if (!segment.ok) return segment;
      const isPart = !isDamage(segment.value) && isUnbroken(sinceBase(records.slice(0, at)), record.generation);
      const what = `generation ${record.generation} has a segment, but is marked as the beginning of a purged history`;
      this.find(what, isPart ? { do: 'write-record', record: unmarked } : null);
      if (isPart) records[at] = unmarked;
    }
    return success(records);
  }

  private async readFrom(records: readonly SnapshotRecord[]): Promise<Outcome<void>> {
    const start = Math.max(
      0,
      records.findLastIndex((record) => record.isBase),
    );
    const [base, older] = [records[start], records.slice(0, start)];
    if (base !== undefined && older.length > 0) {
      const doubt = await this.doubtOf(base, older);
      if (!doubt.ok) return doubt;
      if (doubt.value !== null) {
        this.find(`${rangeOf(older)} left before the beginning of a purged history: kept, since ${doubt.value}`, null);
      } else {
        for (const record of older) {
          const what = `generation ${record.generation} is left of a history that was purged`;
          this.find(what, { do: 'remove', record });
        }
      }
    }
    let before = records[start]?.isBase ? (records[start]?.generation ?? 1) - 1 : 0;
    for (const record of records.slice(start)) {
      if (record.generation !== before + 1) {
        this.find(`${generations(before + 1, record.generation - 1)} missing`, null);
        this.replay = null;
      }
      before = record.generation;
      const read = await this.readGeneration(record, record === records.at(-1));
      if (!read.ok) return read;
    }
    return success(undefined);
  }

  /** Why a base cannot stand for the generations before it; `null`: it can. Nothing is removed on its word alone. */
  private async doubtOf(base: SnapshotRecord, older: readonly SnapshotRecord[]): Promise<Outcome<string | null>> {
    if (base.segmentBytes > 0) return success(`generation ${base.generation} has a segment`);
    const found = await readState(this.store, base);
    if (!found.ok) return found;
    const read = isDamage(found.value) ? found.value : documentOf(found.value);
    if ('damage' in read) return success(`state ${base.generation} cannot be read`);
    const lacking = older.find(({ holds }) => !holdsAll(read.doc, holds));
    read.doc.destroy();
    return success(lacking ? `state ${base.generation} lacks something of generation ${lacking.generation}` : null);
  }

  /** Returns how many rows wait for others. */
  readLog(rows: readonly UpdateRow[], project: string, doc: string): number {
    const { entries, exiles } = sortRows(rows, project, doc);
    for (const exile of exiles) {
      this.find(`row ${exile.row.id} does not count: ${exile.reason}`, { do: 'quarantine', project, exiles: [exile] });
    }
    if (this.replay === null) {
      this.find('no state can be read', null);
      return 0;
    }
    const known = entries.filter(({ id }) => this.folded.has(id));
    const doubles = new Set(heldAlready(holdsOf(this.replay), known));
    if (doubles.size > 0) {
      const rowIds = [...doubles].map(({ id }) => id);
      this.find(`${rowIds.length} rows of the log are in the history already`, { do: 'retire', rows: rowIds });
    }
    const fresh = entries.filter((entry) => !doubles.has(entry));
    const base = { doc: this.replay, state: Y.encodeStateAsUpdateV2(this.replay) };
    const folded = fold(base, fresh);
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { id } of folded.refused) {
      const row = byId.get(id);
      const reason = 'Yjs refuses it';
      if (row) this.find(`row ${id}: ${reason}`, { do: 'quarantine', project, exiles: [{ row, reason }] });
    }
    this.attribute(folded.folded);
    this.checkAttribution(folded.base.doc);
    this.holds = folded.holds;
    folded.base.doc.destroy();
    return folded.waiting.length;
  }

  private async readGeneration(record: SnapshotRecord, isHead: boolean): Promise<Outcome<void>> {
    const read = record.isBase ? success(record) : await this.readSegment(record);
    if (!read.ok) return read;
    if (record.stateBytes > 0 || isHead || record.isBase) return this.readState(read.value);
    return success(undefined);
  }

  /** Resolves to the record as it should be. */
  private async readSegment(record: SnapshotRecord): Promise<Outcome<SnapshotRecord>> {
    const segment = await readSegment(this.store, record);
    if (!segment.ok) return segment;
    if (isDamage(segment.value)) {
      this.find(`segment ${record.generation}: ${damageOf(segment.value, record.segmentBlob)}`, null);
      this.replay = null;
      return success(record);
    }
    const { entries } = segment.value;
    const twice = entries.filter(({ id }) => this.folded.has(id)).length;
    if (twice > 0) this.find(`segment ${record.generation}: ${twice} updates are in an earlier one as well`, null);
    for (const { id } of entries) this.folded.add(id);
    this.attribute(entries);
    this.replayEntries(record, entries);
    const summary = summaryOf(entries);
    if (summaryText(summary) === summaryText(record)) return success(record);
    const corrected = { ...record, ...summary };
    const what = `generation ${record.generation}: its row says something else of its segment`;
    this.find(what, { do: 'write-record', record: corrected });
    return success(corrected);
  }

  private replayEntries({ generation }: SnapshotRecord, entries: readonly LogEntry[]): void {
    const { replay } = this;
    if (replay === null) return;
    try {
      replay.transact(() => {
        for (const { update } of entries) Y.applyUpdate(replay, update);
        retryPending(replay, null);
      });
    } catch (error) {
      this.find(`segment ${generation}: Yjs refuses it (${String(error)})`, null);
      this.replay = null;
      return;
    }
    if (replay.store.pendingStructs !== null || replay.store.pendingDs !== null) {
      this.find(`segment ${generation} needs updates that no segment before holds`, null);
      this.replay = null;
    }
  }

  private async readState(record: SnapshotRecord): Promise<Outcome<void>> {
    const { generation } = record;
    const found = await readState(this.store, record);
    if (!found.ok) return found;
    const read = isDamage(found.value) ? found.value : documentOf(found.value);
    if ('damage' in read) {
      // The base is all that is left of what was purged: nothing can be replayed in its place.
      const replay = record.isBase ? null : this.replay;
      this.find(`state ${generation}: ${damageOf(read, record.stateBlob)}`, replay && writeState(record, replay));
      if (record.isBase) this.replay = null;
      return success(undefined);
    }
    const { doc } = read;
    if (record.isBase) this.replay = null;
    if (this.replay !== null && !sameContent(this.replay, doc)) {
      // A state that holds more than its segments may be the only copy of something.
      const cure = holdsAll(this.replay, holdsOf(doc)) ? writeState(record, this.replay) : null;
      this.find(`state ${generation} is not the replay of its segments`, cure);
      if (cure === null) Y.applyUpdateV2(this.replay, Y.encodeStateAsUpdateV2(doc));
    } else if (!sameBytes(record.holds, holdsOf(doc))) {
      this.find(`generation ${generation}: its row says something else of its state`, {
        do: 'write-record',
        record: { ...record, holds: holdsOf(doc) },
      });
    }
    if (record.isBase) for (const range of structsOf(doc)) this.attributed.add(range);
    if (this.replay === null) this.replay = doc;
    else doc.destroy();
    return success(undefined);
  }

  private attribute(entries: readonly LogEntry[]): void {
    for (const { update } of entries) for (const range of contentOf(update).structs) this.attributed.add(range);
  }

  private checkAttribution(doc: Y.Doc): void {
    const count = IdRanges.of(structsOf(doc))
      .minus(this.attributed)
      .reduce((sum, { length }) => sum + length, 0);
    if (count > 0) this.find(`nobody can say who wrote ${count} of its characters`, null);
  }

  private find(what: string, cure: Cure | null): void {
    this.findings.push({ what, cure });
  }
}

function sinceBase(records: readonly SnapshotRecord[]): readonly SnapshotRecord[] {
  return records.slice(
    Math.max(
      0,
      records.findLastIndex(({ isBase }) => isBase),
    ),
  );
}

/** Whether all generations below one are there, from the first or from a base on. */
function isUnbroken(records: readonly SnapshotRecord[], below: number): boolean {
  const first = records[0]?.isBase ? records[0].generation : 1;
  return records.length === below - first && records.every(({ generation }, at) => generation === first + at);
}

function rangeOf(records: readonly SnapshotRecord[]): string {
  return generations(records[0]?.generation ?? 0, records.at(-1)?.generation ?? 0);
}

function generations(first: number, last: number): string {
  return first === last ? `generation ${first} is` : `generations ${first} to ${last} are`;
}

/** Servers write one moment in several ways. */
function summaryText({ firstTime, lastTime, authors, updateCount, byteCount }: ReturnType<typeof summaryOf>): string {
  const times = [firstTime, lastTime].map((time) => (time === null ? null : Date.parse(time)));
  return JSON.stringify([times, authors, updateCount, byteCount]);
}

/** @param blob the file in which it should be */
function damageOf({ damage }: { readonly damage: string }, blob: string | null): string {
  return damage === 'missing' && blob !== null ? 'its file is missing or cut short' : damage;
}

function documentOf(state: Uint8Array): { readonly doc: Y.Doc } | { readonly damage: string } {
  try {
    return { doc: baseOf(state).doc };
  } catch (error) {
    return { damage: `Yjs cannot read it (${String(error)})` };
  }
}

function writeState(record: SnapshotRecord, replay: Y.Doc): Cure {
  return {
    do: 'write-state',
    record: { ...record, holds: holdsOf(replay) },
    state: Y.encodeStateAsUpdateV2(replay),
  };
}

function holdsOf(doc: Y.Doc): Uint8Array {
  return Y.encodeSnapshotV2(Y.snapshot(doc));
}

function structsOf(doc: Y.Doc): ReturnType<typeof contentOfSnapshot>['structs'] {
  return contentOfSnapshot(Y.snapshot(doc)).structs;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
