import type { Agreement } from '../../sync/agreement.ts';
import type { Ladder } from '../../sync/report.ts';

export type StepState = 'done' | 'under-way' | 'waiting' | 'wrong';

/** One step of the way of one's edits: *on this device → sent → stored → seen by*. */
export interface LadderStep {
  readonly name: 'On this device' | 'Sent' | 'Stored' | 'Seen';
  readonly state: StepState;
  readonly text: string;
}

export interface LadderFacts {
  readonly ladder: Ladder;
  /** The connection is live. */
  readonly live: boolean;
  /** Why this device stores nothing, if so. */
  readonly deviceProblem: boolean;
  /** Names of others who have the document open. */
  readonly present: readonly string[];
}

/** The four steps, as they are shown; `now` in epoch milliseconds. Each says only what is known. */
export function ladderSteps({ ladder, live, deviceProblem, present }: LadderFacts, now: number): readonly LadderStep[] {
  const { unsafe, waiting, sending, agreements } = ladder;
  const unsent = unsafe + waiting;
  const pending = unsent + sending;
  const onDevice: LadderStep = deviceProblem
    ? { name: 'On this device', state: 'wrong', text: 'this device stores nothing' }
    : unsafe > 0
      ? { name: 'On this device', state: 'under-way', text: `${edits(unsafe)} only in this tab` }
      : { name: 'On this device', state: 'done', text: 'every edit' };
  const sent: LadderStep =
    unsent > 0
      ? { name: 'Sent', state: live ? 'under-way' : 'waiting', text: `${edits(unsent)} waiting` }
      : { name: 'Sent', state: 'done', text: 'every edit' };
  const stored: LadderStep =
    pending > 0
      ? { name: 'Stored', state: sending > 0 ? 'under-way' : 'waiting', text: `${edits(pending)} not stored yet` }
      : { name: 'Stored', state: 'done', text: 'every edit is on the server' };
  return [onDevice, sent, stored, seenStep(agreements, present, now)];
}

function seenStep(agreements: readonly Agreement[], present: readonly string[], now: number): LadderStep {
  const different = agreements.filter((each) => !each.same);
  if (different.length > 0) {
    const text = `differs from ${list(different.map((each) => each.name))}: being repaired`;
    return { name: 'Seen', state: 'wrong', text };
  }
  const current = agreements.filter((each) => each.current);
  const latest = (current.length > 0 ? current : agreements).filter(isFirstOfItsUser);
  if (latest.length > 0) {
    const text = list(
      latest.map((each) => `${each.name}, ${ago(now - each.at)}`),
      ' · ',
    );
    if (current.length > 0) return { name: 'Seen', state: 'done', text: `identical with ${text}` };
    return { name: 'Seen', state: 'waiting', text: `not since the last edit; identical before with ${text}` };
  }
  if (present.length > 0) return { name: 'Seen', state: 'waiting', text: `not confirmed by ${list(present)} yet` };
  return { name: 'Seen', state: 'waiting', text: 'nobody else is here' };
}

/** One entry a person, the most recent one: somebody can be here in several tabs. */
function isFirstOfItsUser({ user }: Agreement, index: number, all: readonly Agreement[]): boolean {
  return all.findIndex((each) => each.user === user) === index;
}

/** How long something is past, in words. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

function edits(count: number): string {
  return count === 1 ? '1 edit' : `${count} edits`;
}

function list(names: readonly string[], separator = ', ', most = 3): string {
  const unique = [...new Set(names)];
  const more = unique.length - most;
  return unique.slice(0, most).join(separator) + (more > 0 ? `${separator}${more} more` : '');
}
