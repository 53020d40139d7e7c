import { sleep } from './clock.ts';
import { PACE } from './keystrokes.ts';
import type { Pair } from './pairs.ts';

export interface HealPlan {
  readonly rounds: number;
  /** Between two losses of one pair, at least, in milliseconds. */
  readonly rest: number;
  /** A socket dies at a moment drawn evenly from as long as this after the round has begun, in milliseconds. */
  readonly phase: number;
  /** Whether it is waited until a dead socket is replaced, beyond what it has kept back. */
  readonly replaced: boolean;
}

/** Milliseconds each. */
export interface Heals {
  /** From a keystroke whose event was lost until its character was there, while its author typed on. */
  readonly typing: number[];
  /** The same when its author did nothing more. */
  readonly silent: number[];
  /** From a keystroke right after the death of the other's socket until its character was there. */
  readonly dead: number[];
  /** From the death of a socket until the replica has opened another. */
  readonly replaced: number[];
}

const TYPED_ON = 15;
/** Not all pairs lose something in the same moment. */
const SPREAD_MS = 600;
const PATIENCE_MS = 90_000;

/** Lets every pair lose single events, and then again and again. */
export async function loseEvents(
  pairs: readonly Pair[],
  { rounds, rest }: HealPlan,
): Promise<Pick<Heals, 'typing' | 'silent'>> {
  const found = { typing: [] as number[], silent: [] as number[] };
  await Promise.all(
    pairs.map(async (pair) => {
      let count = 0;
      const lose = async (typedOn: number): Promise<number> => {
        await sleep(rest + Math.random() * SPREAD_MS);
        const lost = pair.wires[1].swallow(isNewRow);
        const [typed] = await pair.replicas[0].type({ count: 1, pace: PACE });
        await lost;
        const position = count;
        count += 1 + typedOn;
        if (typedOn > 0) await pair.replicas[0].type({ count: typedOn, pace: PACE });
        const heard = await pair.replicas[1].hear({ count, patience: PATIENCE_MS });
        return (heard[position] ?? Number.NaN) - (typed ?? Number.NaN);
      };
      for (let round = 0; round < rounds; round++) {
        found.typing.push(await lose(TYPED_ON));
        found.silent.push(await lose(0));
      }
    }),
  );
  return found;
}

/** Lets the socket of one of each pair die, at different moments. */
export async function killSockets(
  pairs: readonly Pair[],
  { rounds, phase, replaced }: HealPlan,
): Promise<Pick<Heals, 'dead' | 'replaced'>> {
  const found = { dead: [] as number[], replaced: [] as number[] };
  await Promise.all(
    pairs.map(async ({ replicas, wires }) => {
      for (let round = 0; round < rounds; round++) {
        await sleep(Math.random() * phase);
        const died = performance.now();
        const again = wires[1].freeze();
        const [typed] = await replicas[0].type({ count: 1, pace: { shortest: 0, longest: 0 } });
        const heard = await replicas[1].hear({ count: round + 1, patience: PATIENCE_MS });
        found.dead.push((heard[round] ?? Number.NaN) - (typed ?? Number.NaN));
        if (!replaced) continue;
        await again;
        found.replaced.push(performance.now() - died);
      }
    }),
  );
  return found;
}

function isNewRow(event: string): boolean {
  return /\.tables\.updates\.rows\.[^.]+\.create$/.test(event);
}
