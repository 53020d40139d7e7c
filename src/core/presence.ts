/**
 * Presence: who is where, as a Yjs awareness state of one replica.
 *
 *     row.state = base64(awareness update) of exactly one client
 *     state     = { user: { id, name, color, agent? }, file, selection, digests }
 *
 * `selection` is what y-monaco writes: `{ anchor, head }` as relative positions. An update row carries the same for its
 * author, without user and digests: `rideAlong`.
 */
import { fromBase64, toBase64 } from 'lib0/buffer';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { decodeBase64 } from './codec.ts';
import { MAX_PRESENCE_CHARS } from './limits.ts';
import { shownName } from './names.ts';

/** How a person is shown. `id` is the author of the row's stamp; the rest is display only [STAMP-3]. */
export interface PresenceUser {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** It calls itself a program. */
  readonly agent?: true;
}

/** The awareness state of one replica; other fields are passed on untouched. */
export interface PresenceState {
  readonly user?: PresenceUser;
  /** Id of the document that the replica looks at; `null` for none. */
  readonly file?: string | null;
  readonly selection?: unknown;
  /** What the replica holds of the documents that are open and at rest there: `documentDigest` by document [LOG-5]. */
  readonly digests?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface PresenceUpdate {
  /** Yjs client id. */
  readonly client: number;
  readonly clock: number;
  /** `null`: the replica says goodbye. */
  readonly state: PresenceState | null;
}

/** An awareness update of one client, as y-protocols encodes it. */
export function encodeAwareness({ client, clock, state }: PresenceUpdate): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, JSON.stringify(state));
  return encoding.toUint8Array(encoder);
}

/** The text that a presence row carries, or `null` if it would be longer than a row takes. */
export function encodePresence(awarenessUpdate: Uint8Array): string | null {
  const text = toBase64(awarenessUpdate);
  return text.length > MAX_PRESENCE_CHARS ? null : text;
}

/** Reads what `encodePresence` wrote; `null` for anything else. */
export function decodePresence(text: string): PresenceUpdate | null {
  if (text.length > MAX_PRESENCE_CHARS || decodeBase64(text) === null) return null;
  try {
    const decoder = decoding.createDecoder(fromBase64(text));
    if (decoding.readVarUint(decoder) !== 1) return null;
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state: unknown = JSON.parse(decoding.readVarString(decoder));
    if (decoding.hasContent(decoder)) return null;
    if (state === null) return { client, clock, state };
    if (typeof state !== 'object' || Array.isArray(state)) return null;
    return { client, clock, state: state as PresenceState };
  } catch {
    return null;
  }
}

/** The same state with the user that the stamp proves [P27]. */
export function withProvenUser(update: PresenceUpdate, author: string): PresenceUpdate {
  if (update.state === null) return update;
  const claimed: Record<string, unknown> = { ...update.state.user };
  const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
  const user = {
    id: author,
    name: shownName(text(claimed['name'], '')) || 'Someone',
    color: text(claimed['color'], '#888888'),
  };
  const shown = claimed['agent'] === true ? { ...user, agent: true as const } : user;
  return { ...update, state: { ...update.state, user: shown } };
}

/** What travels with an update row: readers know the rest from the presence row of the same client. */
export function rideAlong(update: PresenceUpdate): PresenceUpdate {
  if (update.state === null) return update;
  const { user: _user, digests: _digests, ...rest } = update.state;
  return { ...update, state: rest };
}

/** The digest of a document that a state names, or `null`: states come from other people. */
export function digestIn(state: PresenceState, doc: string): string | null {
  const { digests } = state;
  if (typeof digests !== 'object' || digests === null || !Object.hasOwn(digests, doc)) return null;
  const digest: unknown = digests[doc];
  return typeof digest === 'string' ? digest : null;
}
