/**
 * Edits that are on this device and not on the server: why they cannot be sent, and what is in them [LOCAL-4].
 *
 * Nothing here changes a document that is in use: everything is worked out on copies.
 */
import * as Y from 'yjs';
import { decodeUpdateRow, isQuarantined, type UpdateRow } from './codec.ts';
import { documentKind } from './ids.ts';
import { MAX_UPDATE_BYTES } from './limits.ts';
import { retryPending } from './pending.ts';
import { mayWrite, type Role } from './roles.ts';
import { TEXT_NAME } from './text.ts';

/** What the user may do in a project, as far as it is known. */
export type Access =
  | { readonly kind: 'member'; readonly role: Role }
  /** Its owner has deleted it, and can restore it. Members can still read. */
  | { readonly kind: 'deleted' }
  /** The user is no member, or there is no such project: Appwrite does not tell these apart. */
  | { readonly kind: 'none' }
  | { readonly kind: 'session-ended' }
  /** The server could not be asked; the role as it was last known. */
  | { readonly kind: 'unknown'; readonly role: Role | null };

/** Why edits of a document are not on the server. The first two pass by themselves, the others do not. */
export type UnsentReason =
  | 'waiting'
  | 'session-ended'
  | 'guest-session-ended'
  | 'role-lost'
  | 'no-member'
  | 'project-deleted'
  | 'too-large'
  | 'refused';

export interface UnsentFacts {
  readonly doc: string;
  readonly access: Access;
  /** Guests cannot sign in again. */
  readonly guest: boolean;
  /** Bytes of the largest single update that waits. */
  readonly largest: number;
  /** What the server said when it refused a row for good; `null` if it never did. */
  readonly refusal: string | null;
}

/** Why the edits of a document are not on the server: what lies deepest first. */
export function unsentReason({ doc, access, guest, largest, refusal }: UnsentFacts): UnsentReason {
  switch (access.kind) {
    case 'session-ended':
      return guest ? 'guest-session-ended' : 'session-ended';
    case 'none':
      return 'no-member';
    case 'deleted':
      return 'project-deleted';
    case 'member':
    case 'unknown': {
      const kind = documentKind(doc);
      if (access.role !== null && kind !== null && !mayWrite(access.role, kind)) return 'role-lost';
      if (largest > MAX_UPDATE_BYTES) return 'too-large';
      return refusal === null ? 'waiting' : 'refused';
    }
  }
}

/** Whether edits with this reason go to the server without anybody having to rescue them. */
export function goesByItself(reason: UnsentReason): boolean {
  return reason === 'waiting' || reason === 'session-ended';
}

/** Why edits are not on the server and what can be done, for the one who wrote them. `refusal` as in `UnsentFacts`. */
export function unsentSentence(reason: UnsentReason, refusal: string | null = null): string {
  switch (reason) {
    case 'waiting':
      return 'They are sent as soon as the project is open and the server can be reached.';
    case 'session-ended':
      return 'Your session has ended. Sign in again, open the project, and they are sent.';
    case 'guest-session-ended':
      return 'Your session has ended, and guests cannot sign in again. Download what you want to keep.';
    case 'role-lost':
      return 'Your role in this project does not let you change it any more, so they cannot be sent.';
    case 'no-member':
      return 'You are no member of this project any more, or it does not exist any more, so they cannot be sent.';
    case 'project-deleted':
      return 'This project has been deleted by its owner. They are sent if it is restored and you open it.';
    case 'too-large':
      return 'One edit is larger than the 8 MB that the server takes, so it and what follows it cannot be sent.';
    case 'refused':
      return `The server refuses an edit, so it and what follows it cannot be sent. ${refusal ?? ''}`.trim();
  }
}

/** A document as this device and, where it can be read, the server have it. */
export interface RescueSources {
  /** The stored content of this device, as Yjs updates. */
  readonly device: readonly Uint8Array[];
  /** What waits in the outbox, in the order in which it was added. */
  readonly waiting: readonly Uint8Array[];
  /** The whole document as the server has it, as one update; `null` if it cannot be read. */
  readonly server: Uint8Array | null;
}

/** A part of a text, in UTF-16 code units; `to` is behind it. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

export interface RescuedText {
  /** The text with everything that waits, and with everything of the server that could be read. */
  readonly mine: string;
  /** The server's text; `null` if it cannot be read. */
  readonly server: string | null;
  /** The parts of `mine` that the waiting updates inserted. */
  readonly inserted: readonly TextRange[];
  /** Some of what waits builds upon edits that are not on this device, and is not in `mine`. */
  readonly incomplete: boolean;
}

/** The text of a file with the edits that wait. What cannot be read of the sources is left out. */
export function rescueText(sources: RescueSources): RescuedText {
  const doc = rescueDocument(sources);
  const text = doc.getText(TEXT_NAME);
  const rescued = {
    mine: text.toJSON(),
    server: sources.server === null ? null : textOf(sources.server),
    inserted: insertedRanges(text, writtenBy(sources.waiting)),
    incomplete: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
  };
  doc.destroy();
  return rescued;
}

/** A copy of a document with everything that the sources have. The caller destroys it. */
export function rescueDocument({ device, waiting, server }: RescueSources): Y.Doc {
  const doc = new Y.Doc();
  const all = [...(server === null ? [] : [server]), ...device, ...waiting];
  doc.transact(() => {
    for (const update of all) applyReadable(doc, update);
    retryPending(doc, null);
  });
  return doc;
}

/** The text without the given parts. */
export function withoutRanges(text: string, ranges: readonly TextRange[]): string {
  let rest = '';
  let at = 0;
  for (const { from, to } of ranges) {
    rest += text.slice(at, from);
    at = to;
  }
  return rest + text.slice(at);
}

/** A document as the server has it, as one update. Rows that do not count are left out [STAMP-4]. */
export function foldRows(
  project: string,
  docId: string,
  rows: readonly UpdateRow[],
  snapshot: Uint8Array | null,
): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    if (snapshot !== null) Y.applyUpdateV2(doc, snapshot);
    for (const row of rows) {
      const entry = decodeUpdateRow(row, project, docId);
      if (!isQuarantined(entry)) applyReadable(doc, entry.update);
    }
    retryPending(doc, null);
  });
  const state = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return state;
}

/** What waiting updates did to a file or folder of the tree. */
export type TreeChangeKind = 'created' | 'changed' | 'deleted';

/** Which files and folders waiting updates of a tree document touch, by node id; `doc` holds these updates. */
export function treeChanges(doc: Y.Doc, waiting: readonly Uint8Array[]): ReadonlyMap<string, TreeChangeKind> {
  const written = writtenBy(waiting);
  const changes = new Map<string, TreeChangeKind>();
  const nodes = doc.getMap<unknown>('nodes');
  for (const [id, node] of nodes._map) {
    if (node.deleted) continue;
    if (written.has(node.id.client, node.id.clock)) changes.set(id, 'created');
    const fields = nodes.get(id);
    if (!(fields instanceof Y.Map) || changes.has(id)) continue;
    for (const [name, item] of fields._map) {
      if (!written.has(item.id.client, item.id.clock)) continue;
      const deleted = name === 'deletedAt' && typeof fields.get(name) === 'number';
      if (deleted || !changes.has(id)) changes.set(id, deleted ? 'deleted' : 'changed');
    }
  }
  return changes;
}

/** What some updates wrote: ranges of the clocks of each client, in order and without overlap. */
class Written {
  private readonly ranges = new Map<number, { from: number; to: number }[]>();

  add(client: number, from: number, to: number): void {
    const known = this.ranges.get(client) ?? [];
    this.ranges.set(client, known);
    known.push({ from, to });
  }

  /** Sorts and joins what was added. */
  settle(): this {
    for (const ranges of this.ranges.values()) {
      ranges.sort((a, b) => a.from - b.from);
      let last = 0;
      for (const range of ranges) {
        const before = ranges[last];
        if (before === undefined || before === range) continue;
        if (range.from <= before.to) before.to = Math.max(before.to, range.to);
        else ranges[++last] = range;
      }
      ranges.length = Math.min(ranges.length, last + 1);
    }
    return this;
  }

  has(client: number, clock: number): boolean {
    return this.within(client, clock, clock + 1).length > 0;
  }

  /** The parts of `from` to `to` that were written. */
  within(client: number, from: number, to: number): TextRange[] {
    const parts: TextRange[] = [];
    for (const range of this.ranges.get(client) ?? []) {
      if (range.to <= from || range.from >= to) continue;
      parts.push({ from: Math.max(from, range.from), to: Math.min(to, range.to) });
    }
    return parts;
  }
}

function writtenBy(updates: readonly Uint8Array[]): Written {
  const written = new Written();
  for (const update of updates) {
    for (const struct of structsOf(update)) {
      if (struct instanceof Y.Item) written.add(struct.id.client, struct.id.clock, struct.id.clock + struct.length);
    }
  }
  return written.settle();
}

function structsOf(update: Uint8Array): readonly unknown[] {
  try {
    return Y.decodeUpdate(update).structs;
  } catch {
    return []; // it could not be applied either
  }
}

/** The parts of a text that were written by these updates, joined where they touch. */
function insertedRanges(text: Y.Text, written: Written): TextRange[] {
  const found: { from: number; to: number }[] = [];
  let at = 0;
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client, clock } = item.id;
    for (const part of written.within(client, clock, clock + item.length)) {
      const from = at + part.from - clock;
      const to = at + part.to - clock;
      const last = found.at(-1);
      if (last?.to === from) last.to = to;
      else found.push({ from, to });
    }
    at += item.length;
  }
  return found;
}

function textOf(update: Uint8Array): string {
  const doc = new Y.Doc();
  applyReadable(doc, update);
  const text = doc.getText(TEXT_NAME).toJSON();
  doc.destroy();
  return text;
}

/** Damaged bytes must not keep the rest from being rescued. */
function applyReadable(doc: Y.Doc, update: Uint8Array): void {
  try {
    Y.applyUpdate(doc, update);
  } catch {
    // What Yjs cannot read is not part of any text.
  }
}
