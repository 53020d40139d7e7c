import type { Commands, Moment, Pace, Recording } from './replica.ts';
import type { StoreLog } from './store-log.ts';

/** Two replicas of one document that only this run writes. */
export interface Pair {
  readonly name: string;
  readonly replicas: readonly [Commands, Commands];
  /** What the server says about storing, where the replicas are not told. */
  readonly stores?: StoreLog;
  /** Called before each round. */
  readonly begin?: () => Promise<void>;
  length: number;
}

/** Times from keystrokes in milliseconds. */
export interface Samples {
  /** Until the character is in the other replica's text. */
  readonly visible: number[];
  /** Until it is stored durably; empty where nobody tells. */
  readonly stored: number[];
}

export interface Plan {
  readonly rounds: number;
  readonly keystrokes: number;
  /** Keystrokes of each replica before anything counts. */
  readonly warmUp: number;
  readonly pace: Pace;
}

/** How long after the last keystroke everything may take to arrive. */
const PATIENCE_MS = 20_000;
/** Between two rounds, so that nothing of one falls into the next. */
const REST_MS = 300;

/** Measures the pairs in turn, round by round, each round beginning with another one; the two replicas type in turn. */
export async function measure(pairs: readonly Pair[], plan: Plan, say: (line: string) => void): Promise<Samples[]> {
  const measured = pairs.map((pair) => ({
    pair,
    visible: [] as number[],
    stored: [] as number[],
    typed: [] as Moment[],
  }));
  await Promise.all(pairs.map((pair) => warmUp(pair, plan)));
  for (let number = 0; number < plan.rounds; number++) {
    say(`  round ${number + 1} of ${plan.rounds}`);
    const first = number % measured.length;
    for (const each of [...measured.slice(first), ...measured.slice(0, first)]) {
      const { typed, seen, stored } = await round(each.pair, number % 2 === 0 ? 0 : 1, plan.keystrokes, plan.pace);
      each.visible.push(...delays(each.pair.name, typed, seen));
      if (stored.length > 0) each.stored.push(...delays(each.pair.name, typed, stored));
      each.typed.push(...typed);
    }
  }
  // A server that stores later does so while the others have their turn; only its last store is waited for.
  for (const { pair, stored, typed } of measured) {
    if (!pair.stores) continue;
    await pair.stores.until(pair.length, PATIENCE_MS);
    stored.push(...delays(pair.name, typed, pair.stores.moments(typed)));
  }
  return measured;
}

/** Lets everything run once; what the server stores is not waited for. */
async function warmUp(pair: Pair, plan: Plan): Promise<void> {
  for (const typist of [0, 1] as const) await type(pair, typist, plan.warmUp, plan.pace);
  await Promise.all(pair.replicas.map((replica) => replica.take()));
}

/** What the typist recorded, with what the other one saw. */
async function round(pair: Pair, typist: 0 | 1, count: number, pace: Pace): Promise<Recording> {
  await pair.begin?.();
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  await type(pair, typist, count, pace);
  const [one, two] = await Promise.all([pair.replicas[0].take(), pair.replicas[1].take()]);
  return typist === 0 ? { ...one, seen: two.seen } : { ...two, seen: one.seen };
}

/** Resolves when both have everything, and the typist knows it stored if it is told. */
async function type(pair: Pair, typist: 0 | 1, count: number, pace: Pace): Promise<void> {
  await pair.replicas[typist].type({ count, pace });
  pair.length += count;
  const order = { length: pair.length, patience: PATIENCE_MS };
  await Promise.all(pair.replicas.map((replica) => replica.settle(order)));
}

/** From each keystroke to what followed from it. */
function delays(name: string, from: readonly Moment[], to: readonly Moment[]): number[] {
  const at = new Map(to);
  return from.map(([keystroke, typed]) => {
    const followed = at.get(keystroke);
    if (followed === undefined) throw new Error(`${name}: nothing followed from keystroke ${keystroke}`);
    return followed - typed;
  });
}
