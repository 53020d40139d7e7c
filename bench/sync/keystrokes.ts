import { sleep } from './clock.ts';
import type { Pace } from './replica.ts';
import type { Traffic, Wire } from './wire.ts';

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

/** Of one who types alone, and of two who type at once. */
export interface Costs {
  readonly solo: Cost;
  readonly pair: Cost;
}

/** Human. */
export const PACE: Pace = { shortest: 60, longest: 120 };
/** Nothing has to pass for so long before it begins. */
const QUIET_MS = 1_000;
const PATIENCE_MS = 20_000;
/** What comes of the last keystrokes is counted for so long. */
const REST_MS = 1_000;

/** Everybody behind these wires types at once, each so many keys. */
export async function costOf(
  wires: readonly Wire[],
  count: number,
  type: (count: number) => Promise<unknown>,
): Promise<Cost> {
  await quiet(wires);
  const before = wires.map((wire) => wire.traffic);
  await type(count);
  await sleep(REST_MS);
  const passed = wires.map((wire, index) => since(wire.traffic, before[index]));
  const keystrokes = count * wires.length;
  const perKeystroke = (of: (traffic: Traffic) => number): number =>
    passed.reduce((sum, traffic) => sum + of(traffic), 0) / keystrokes;
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

async function quiet(wires: readonly Wire[]): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  const passed = (): number => wires.reduce((sum, wire) => sum + wire.traffic.bytes, 0);
  for (let before = Number.NaN; passed() !== before && performance.now() < end;) {
    before = passed();
    await sleep(QUIET_MS);
  }
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
