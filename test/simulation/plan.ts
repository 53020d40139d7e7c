import { Random } from './random.ts';
import type { Happening, Step } from './world.ts';

/** The steps of a run: mostly typing, with everything that happens to people in between. */
export function planOf(seed: number, operations: number): Step[] {
  const random = new Random(seed ^ 0x9e3779b9);
  const steps: Happening[] = [];
  for (let i = 0; i < operations; i++) {
    const who = random.below(6);
    const dice = random.below(100);
    if (dice < 52) steps.push({ do: 'insert', who, at: random.below(1_000), length: 1 + random.below(3) });
    else if (dice < 70) steps.push({ do: 'delete', who, at: random.below(1_000), length: 1 + random.below(4) });
    else if (dice < 75) steps.push({ do: 'offline', who });
    else if (dice < 83) steps.push({ do: 'online', who });
    else if (dice < 86) steps.push({ do: 'drop', who });
    else if (dice < 88) steps.push({ do: 'freeze', who });
    else if (dice < 92) steps.push({ do: 'crash', who });
    else if (dice < 94) steps.push({ do: 'close', who });
    else if (dice < 97) steps.push({ do: 'sign-in', who });
    else if (dice < 98) steps.push({ do: random.chance(0.5) ? 'away' : 'damage', who });
    else steps.push({ do: 'tab', who });
    if (random.chance(0.06)) steps.push({ do: 'compact', who });
    if (random.chance(0.04)) steps.push({ do: 'return', who });
    // Short pauses let requests overlap; long ones let a day on a train pass.
    const pause = random.below(20);
    if (pause < 12) steps.push({ do: 'wait', time: random.below(120) });
    else if (pause === 19) steps.push({ do: 'wait', time: random.below(200_000) });
  }
  return steps.map((step) => ({ ...step, luck: random.below(2 ** 31) }));
}
