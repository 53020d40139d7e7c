/**
 * The directory of a project's reviews: the review document of the project itself, `r<project>`.
 *
 *     files  : node id → number of changes; which files have comments, and that one has changed
 *     people : user id → { name, color }; how those call themselves who may not write the tree
 *
 * It says only where to look: what counts stands in the review documents of the files.
 */
import * as Y from 'yjs';
import { shownName } from '../names.ts';
import type { Person } from '../tree.ts';
import type { ProofOf } from './stamped.ts';

/** Remembers that a file has comments, and makes those who look at the directory look at them again. */
export function announceReview(doc: Y.Doc, node: string): void {
  const files = doc.getMap<unknown>('files');
  const count = files.get(node);
  doc.transact(() => files.set(node, typeof count === 'number' && Number.isSafeInteger(count) ? count + 1 : 1));
}

/** Node ids of the files that have, or had, comments. */
export function reviewedFiles(doc: Y.Doc): string[] {
  return [...doc.getMap<unknown>('files').keys()].filter((id) => /^[0-9a-z]{1,27}$/.test(id));
}

/** Calls back with the node ids whose comments may have changed; returns the undo. */
export function watchReviews(doc: Y.Doc, changed: (nodes: ReadonlySet<string>) => void): () => void {
  const files = doc.getMap<unknown>('files');
  const listener = (event: Y.YMapEvent<unknown>): void => changed(event.keysChanged);
  files.observe(listener);
  return () => files.unobserve(listener);
}

/** Enters how somebody calls themselves; each writes only the own entry. */
export function introduceReviewer(doc: Y.Doc, userId: string, person: Person): void {
  const { color } = person;
  const name = shownName(person.name);
  const people = doc.getMap<unknown>('people');
  const known = parsePerson(people.get(userId));
  if (known?.name === name && known.color === color) return;
  doc.transact(() => people.set(userId, { name, color }));
}

/** The people who introduced themselves; an entry that is proven to be by somebody else does not count [STAMP-3]. */
export function reviewers(doc: Y.Doc, proofOf: ProofOf): ReadonlyMap<string, Person> {
  const people = new Map<string, Person>();
  const entries = doc.getMap<unknown>('people');
  for (const [id, value] of entries) {
    const person = parsePerson(value);
    const item = entries._map.get(id);
    if (person === null || !item) continue;
    const proof = proofOf(item.lastId.client, item.lastId.clock);
    if (proof.kind === 'unknown' || (proof.kind === 'one' && proof.stamp.author === id)) people.set(id, person);
  }
  return people;
}

const MAX_NAME = 128;

function parsePerson(value: unknown): Person | null {
  if (typeof value !== 'object' || value === null) return null;
  const { name, color } = value as Record<string, unknown>;
  if (typeof name !== 'string' || name.length > MAX_NAME || typeof color !== 'string') return null;
  return /^#[0-9a-f]{6}$/i.test(color) ? { name: shownName(name), color } : null;
}
