import type * as Y from 'yjs';
import { contentOf, IdRanges } from '../id-ranges.ts';
import type { Stamp } from '../stamps.ts';

/**
 * Who is proven to have written a struct. `unknown`: no row with it was seen here, as with what this device kept from
 * before and nothing was read since. `several`: rows of different people carry it, so one of them copied it.
 */
export type Proof =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'one'; readonly stamp: Stamp }
  | { readonly kind: 'several'; readonly authors: readonly string[] };

/** Tells who wrote the struct with this Yjs client id and clock, by the stamps of rows [STAMP-3]. */
export type ProofOf = (client: number, clock: number) => Proof;

export const UNKNOWN: Proof = { kind: 'unknown' };

interface Stamped {
  readonly stamp: Stamp;
  readonly structs: IdRanges;
}

/**
 * The stamps of the structs of one document. Yjs client ids are whatever a client sends, so what counts is the row that
 * brought a struct.
 */
export class StructStamps {
  private readonly stamped = new Map<string, Stamped>();
  private readonly listeners = new Set<() => void>();

  /** Takes note of an update (format V1, readable) and of the stamp of its row. */
  learn(update: Uint8Array, stamp: Stamp): void {
    this.learnAll([{ update, stamp }]);
  }

  learnAll(entries: readonly { readonly update: Uint8Array; readonly stamp: Stamp }[]): void {
    if (entries.length === 0) return;
    for (const { update, stamp } of entries) this.add(update, stamp);
    for (const listener of this.listeners) listener();
  }

  /** Whether a row is known for everything that was ever written in a document. */
  covers(doc: Y.Doc): boolean {
    const all = [...this.stamped.values()].map(({ structs }) => structs);
    return [...doc.store.clients.values()].every((structs) =>
      structs.every(({ id: { client, clock }, length }) =>
        all.some((each) => each.contains({ client, clock, length })),
      ),
    );
  }

  private add(update: Uint8Array, stamp: Stamp): void {
    const key = `${stamp.role} ${stamp.author}`;
    let known = this.stamped.get(key);
    if (!known) this.stamped.set(key, (known = { stamp, structs: new IdRanges() }));
    for (const range of contentOf(update).structs) known.structs.add(range);
  }

  /** Who wrote a struct. The same person in two roles is one person, with the role that may do more. */
  readonly proofOf: ProofOf = (client, clock) => {
    const found = [...this.stamped.values()].filter(({ structs }) => structs.contains({ client, clock, length: 1 }));
    const [first] = found;
    if (!first) return UNKNOWN;
    const authors = [...new Set(found.map(({ stamp }) => stamp.author))].sort();
    if (authors.length > 1) return { kind: 'several', authors };
    const best = found.reduce((a, b) => (RANK[b.stamp.role] < RANK[a.stamp.role] ? b : a), first);
    return { kind: 'one', stamp: best.stamp };
  };

  /** Calls back whenever more is known; returns the undo. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const RANK = { owner: 0, editor: 1, reviewer: 2, viewer: 3 } as const;
