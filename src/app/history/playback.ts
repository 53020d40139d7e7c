/** The rules of playing a history: how to step, and how long each step takes. */
import type { Steps } from '../session/history/workbench.ts';
import { SESSION_GAP_MS } from '../../core/history/types.ts';

export const SPEEDS = [1, 4, 15, 60] as const;

/** Nobody wants to watch a pause: it lasts at most so long, before the speed is applied. */
export const LONGEST_PAUSE_MS = 4_000;
/** More steps a second than this cannot be seen; several are then made at once. */
export const SHORTEST_FRAME_MS = 40;

export type Stride = 'edit' | 'session' | 'author';

/**
 * The next moment from a position.
 *
 * - `edit`: the next saved update
 * - `session`: the end of the session in which the next update is, or going back the beginning of it
 * - `author`: where the author changes
 */
export function stepFrom(steps: Steps, position: number, stride: Stride, forward: boolean): number {
  const { length } = steps.times;
  const next = position + (forward ? 1 : -1);
  if (next < 0 || next > length) return position;
  if (stride === 'edit') return next;
  if (forward) {
    let at = next;
    while (at < length && belongs(steps, at, at + 1, stride)) at++;
    return at;
  }
  let at = position;
  while (at > 1 && belongs(steps, at - 1, at, stride)) at--;
  return at - 1;
}

/** The next frame of a playback: where it goes, and after how many milliseconds. `null`: it is at its end. */
export function nextFrame(
  { times }: Steps,
  position: number,
  speed: number,
): { readonly position: number; readonly delay: number } | null {
  const { length } = times;
  if (position >= length) return null;
  let at = position;
  let delay = 0;
  while (at < length && delay < SHORTEST_FRAME_MS) {
    const pause = at === 0 ? 0 : (times[at] ?? 0) - (times[at - 1] ?? 0);
    delay += Math.min(Math.max(pause, 0), LONGEST_PAUSE_MS) / speed;
    at++;
  }
  return { position: at, delay: Math.max(delay, SHORTEST_FRAME_MS) };
}

/** Parts of a track that has one author each, as shares of its length. */
export function trackOf(steps: Steps): { readonly author: string; readonly from: number; readonly to: number }[] {
  const parts: { author: string; from: number; to: number }[] = [];
  const { length } = steps.by;
  for (let index = 0; index < length; index++) {
    const author = steps.authors[steps.by[index] ?? 0] ?? '';
    const last = parts.at(-1);
    if (last?.author === author) last.to = (index + 1) / length;
    else parts.push({ author, from: index / length, to: (index + 1) / length });
  }
  return parts;
}

/** Whether two updates in a row are of one author, and for a session without a longer pause. */
function belongs({ times, by }: Steps, earlier: number, later: number, stride: 'session' | 'author'): boolean {
  if (by[earlier - 1] !== by[later - 1]) return false;
  return stride === 'author' || (times[later - 1] ?? 0) - (times[earlier - 1] ?? 0) <= SESSION_GAP_MS;
}
