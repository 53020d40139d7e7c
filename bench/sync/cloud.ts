import type { Pair } from './pairs.ts';
import { twice } from './stage.ts';
import { isCreation } from './keystrokes.ts';

/** Keystrokes a minute of each of two people. */
export const SPEEDS = [60, 120, 300] as const;

export type Speed = (typeof SPEEDS)[number];

export interface Typed {
  /** Milliseconds from each keystroke until the other one saw it. */
  readonly visible: number[];
  /** The most rows that one person asked to create within 60 s; `null` if nobody typed that long. */
  readonly mostCreates: number | null;
  /** Rows that were asked to be created, per keystroke. */
  readonly rows: number;
  /** Requests of any kind that the server refused because there were too many (429). */
  readonly refused: number;
}

const WINDOW_MS = 60_000;
/** How evenly people type: each pause is this part longer or shorter. */
const UNEVENNESS = 0.4;
const PATIENCE_MS = 130_000;

/** Both type at once for so long. */
export async function typeUnderLimits({ replicas, wires }: Pair, speed: Speed, milliseconds: number): Promise<Typed> {
  const pause = 60_000 / speed;
  const count = Math.round(milliseconds / pause);
  const pace = { shortest: pause * (1 - UNEVENNESS), longest: pause * (1 + UNEVENNESS) };
  const typed = await twice((index) => replicas[index].type({ count, pace }));
  const heard = await twice((index) => replicas[index].hear({ count, patience: PATIENCE_MS }));
  const exchanges = wires.map((wire) => wire.traffic.exchanges);
  const creations = exchanges.map((all) => all.filter(isCreation).map(({ at }) => at));
  return {
    visible: [...delays(typed[0], heard[1]), ...delays(typed[1], heard[0])],
    mostCreates: milliseconds < WINDOW_MS ? null : Math.max(...creations.map((times) => mostWithin(times, WINDOW_MS))),
    rows: creations.flat().length / (2 * count),
    refused: exchanges.flat().filter(({ status }) => status === 429).length,
  };
}

function delays(typed: readonly number[], heard: readonly number[]): number[] {
  return typed.map((at, keystroke) => (heard[keystroke] ?? Number.NaN) - at);
}

/** The greatest number of times that lie within one span, of times in order. */
function mostWithin(times: readonly number[], span: number): number {
  let [first, most] = [0, 0];
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= span) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
