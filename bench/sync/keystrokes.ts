import type { Commands, Pace } from './replica.ts';
import { sleep } from './clock.ts';
import type { Traffic, Wire } from './wire.ts';

/** Somebody who types alone in a file, or several who type at once in one. */
export interface Typists {
  readonly replicas: readonly Commands[];
  readonly wires: readonly Wire[];
}

/** What typing has cost, all counts and sizes per keystroke of whoever typed. */
export interface Cost {
  readonly keystrokes: number;
  /** Rows of text that were created. */
  readonly rows: number;
  /** Presence rows that were written. */
  readonly presence: number;
  /** Requests and messages of sockets from the replicas. */
  readonly up: number;
  /** Answers and messages of sockets to the replicas. */
  readonly down: number;
  /** Everything in both directions, headers included. */
  readonly bytes: number;
  /** The part of it that are lists of rows: the periodic re-reads. */
  readonly listed: number;
  /** The part of it that are events. */
  readonly events: number;
}

const PACE: Pace = { shortest: 60, longest: 120 };
const REST_MS = 1_000;

/** All type at once, so many keys each; what comes of it is counted a while longer. */
export async function costOf({ replicas, wires }: Typists, count: number): Promise<Cost> {
  await sleep(REST_MS);
  const before = wires.map((wire) => wire.traffic);
  await Promise.all(replicas.map((replica) => replica.type({ count, pace: PACE })));
  await sleep(REST_MS);
  const after = wires.map((wire, index) => since(wire.traffic, before[index]));
  const keystrokes = count * replicas.length;
  const perKeystroke = (of: (traffic: Traffic) => number): number =>
    after.reduce((sum, traffic) => sum + of(traffic), 0) / keystrokes;
  return {
    keystrokes,
    rows: perKeystroke(({ exchanges }) => exchanges.filter(isCreation).length),
    presence: perKeystroke(({ exchanges }) => exchanges.filter(({ method }) => method === 'PUT').length),
    up: perKeystroke(({ exchanges, messages }) => exchanges.length + inDirection(messages, 'up').length),
    down: perKeystroke(({ exchanges, messages }) => exchanges.length + inDirection(messages, 'down').length),
    bytes: perKeystroke(({ bytes }) => bytes),
    listed: perKeystroke(({ exchanges }) => sizes(exchanges.filter(({ method }) => method === 'GET'))),
    events: perKeystroke(({ messages }) => sizes(messages.filter(({ event }) => event !== null))),
  };
}

/** A request to create a row of text, granted or refused. */
export function isCreation({ method, path }: Traffic['exchanges'][number]): boolean {
  return method === 'POST' && path.endsWith('/tables/updates/rows');
}

function since(traffic: Traffic, before: Traffic | undefined): Traffic {
  if (before === undefined) return traffic;
  return {
    bytes: traffic.bytes - before.bytes,
    exchanges: traffic.exchanges.slice(before.exchanges.length),
    messages: traffic.messages.slice(before.messages.length),
  };
}

function inDirection(messages: Traffic['messages'], direction: 'up' | 'down'): Traffic['messages'] {
  return messages.filter((message) => message.direction === direction);
}

function sizes(all: readonly { readonly bytes: number }[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}
