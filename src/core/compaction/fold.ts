import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import type { LogEntry } from '../codec.ts';
import { contentOf, contentOfSnapshot, IdRanges } from '../id-ranges.ts';
import { retryPending } from '../pending.ts';

/** The info byte of a struct that stands for nothing: what an update leaves out. */
const SKIP = 10;

/** A document that holds what has been folded so far, and nothing that waits. */
export interface Base {
  readonly doc: Y.Doc;
  /** The same, as Yjs encodes it in format V2; `null` for the empty document. */
  readonly state: Uint8Array | null;
}

/** What came of folding entries into a base. */
export interface Folded {
  /** The base with `folded` in it; the base that was given is not to be used any more. */
  readonly base: Base;
  /** What its document holds: state vector and delete set, as `Y.encodeSnapshotV2` writes them. */
  readonly holds: Uint8Array;
  readonly folded: readonly LogEntry[];
  /** Entries of which something depends on what is not there: they stay in the log [SNAP-1]. */
  readonly waiting: readonly LogEntry[];
  /** Entries that Yjs refuses. */
  readonly refused: readonly LogEntry[];
}

/** The base of a state; throws if Yjs cannot read it. */
export function baseOf(state: Uint8Array | null): Base {
  const doc = new Y.Doc();
  if (state) Y.applyUpdateV2(doc, state);
  return { doc, state };
}

/**
 * Folds entries into the newest state, in one transaction of a Y.Doc: `mergeUpdates` would be quadratic in their
 * number [P8]. An entry is folded as a whole or not at all, so that a state is always the replay of its segments.
 */
export function fold(base: Base, entries: readonly LogEntry[]): Folded {
  const waiting: LogEntry[] = [];
  const refused: LogEntry[] = [];
  let candidates = entries;
  let doc = base.doc;
  for (;;) {
    if (!applyAll(doc, candidates)) {
      const culprit = findRefused(base.state, candidates);
      refused.push(culprit);
      candidates = candidates.filter((entry) => entry !== culprit);
    } else if (isWhole(doc)) {
      break;
    } else {
      const incomplete = incompleteIn(doc, candidates);
      if (incomplete.size === 0) {
        // What Yjs still keeps as pending is in the document under the name of other entries.
        doc.store.pendingStructs = null;
        doc.store.pendingDs = null;
        break;
      }
      waiting.push(...incomplete);
      candidates = candidates.filter((entry) => !incomplete.has(entry));
    }
    // Parts of what was left out are in the document by now: it is built anew.
    doc.destroy();
    doc = baseOf(base.state).doc;
  }
  const holds = Y.encodeSnapshotV2(Y.snapshot(doc));
  const state = candidates.length === 0 ? base.state : Y.encodeStateAsUpdateV2(doc);
  return { base: { doc, state }, holds, folded: candidates, waiting, refused };
}

/**
 * The entries that say nothing that `holds` does not hold: rows that were stored twice because an answer was lost, or
 * that delete what somebody else had deleted.
 */
export function heldAlready(holds: Uint8Array, entries: readonly LogEntry[]): LogEntry[] {
  const { structs, deletes } = contentOfSnapshot(Y.decodeSnapshotV2(holds));
  const heldStructs = IdRanges.of(structs);
  const heldDeletes = IdRanges.of(deletes);
  const known = new Map(structs.map(({ client, length }) => [client, length]));
  return entries.filter(({ update }) => {
    if (isAhead(update, known)) return false;
    const content = contentOf(update);
    return (
      content.structs.every((range) => heldStructs.contains(range)) &&
      content.deletes.every((range) => heldDeletes.contains(range))
    );
  });
}

/**
 * Whether the first struct of an update is not in the state vector `known`; false where that cannot be told at a glance.
 * Nearly all rows are new, and reading an update whole takes as long as applying it.
 *
 *     update = clients · [structs · client · clock · info …] …      (varuints; info is a byte)
 */
function isAhead(update: Uint8Array, known: ReadonlyMap<number, number>): boolean {
  const decoder = decoding.createDecoder(update);
  if (decoding.readVarUint(decoder) === 0 || decoding.readVarUint(decoder) === 0) return false;
  const client = decoding.readVarUint(decoder);
  const clock = decoding.readVarUint(decoder);
  return decoding.readUint8(decoder) !== SKIP && clock >= (known.get(client) ?? 0);
}

/** Whether `doc` holds all that `holds` says; false if `holds` cannot be read. */
export function holdsAll(doc: Y.Doc, holds: Uint8Array): boolean {
  let wanted: ReturnType<typeof contentOfSnapshot>;
  try {
    wanted = contentOfSnapshot(Y.decodeSnapshotV2(holds));
  } catch {
    return false;
  }
  const held = contentOfSnapshot(Y.snapshot(doc));
  return (
    IdRanges.of(wanted.structs).minus(IdRanges.of(held.structs)).length === 0 &&
    IdRanges.of(wanted.deletes).minus(IdRanges.of(held.deletes)).length === 0
  );
}

/** False if Yjs threw: the document is in no certain state then. */
function applyAll(doc: Y.Doc, entries: readonly LogEntry[]): boolean {
  try {
    doc.transact(() => {
      for (const { update } of entries) Y.applyUpdate(doc, update);
      retryPending(doc, null);
    });
    // Deletes that waited are only looked at with an update.
    if (doc.store.pendingDs) Y.applyUpdate(doc, EMPTY_UPDATE);
    return true;
  } catch {
    return false;
  }
}

const EMPTY_UPDATE = Uint8Array.from([0, 0]);

function isWhole({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null;
}

/** The entries that are not in the document from their first struct to their last delete. */
function incompleteIn(doc: Y.Doc, entries: readonly LogEntry[]): Set<LogEntry> {
  const state = Y.decodeStateVector(Y.encodeStateVector(doc));
  const reaches = ({ client, clock, length }: { client: number; clock: number; length: number }): boolean =>
    clock + length <= (state.get(client) ?? 0);
  return new Set(
    entries.filter(({ update }) => {
      const { structs, deletes } = contentOf(update);
      return !structs.every(reaches) || !deletes.every(reaches);
    }),
  );
}

/**
 * The entry at which Yjs throws. They are applied one by one and nothing is left to wait inside the document, so that
 * an entry that Yjs refuses late cannot be taken for the innocent one that it waited for.
 */
function findRefused(state: Uint8Array | null, entries: readonly LogEntry[]): LogEntry {
  const { doc } = baseOf(state);
  let left = entries;
  for (;;) {
    const before = Y.encodeStateVector(doc);
    const next: LogEntry[] = [];
    for (const entry of left) {
      if (!applyAll(doc, [entry])) {
        doc.destroy();
        return entry;
      }
      if (isWhole(doc)) continue;
      next.push(entry);
      doc.store.pendingStructs = null;
      doc.store.pendingDs = null;
    }
    const after = Y.encodeStateVector(doc);
    const stuck = next.length === left.length && before.every((byte, at) => byte === after[at]);
    if (next.length === 0 || (stuck && before.length === after.length)) {
      throw new Error('Yjs refuses these entries together, but none of them alone');
    }
    left = next;
  }
}
