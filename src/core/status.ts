/** What a person is told about a document: one closed union, each with its sentence. Green only with `saved`. */
export type Status =
  | 'offline'
  | 'connecting'
  | 'catching-up'
  | 'saving'
  | 'saved'
  | 'read-only'
  | 'not-on-this-device'
  | 'deleted'
  | 'failed';

/** What is known about a document; `deriveStatus` turns it into one status. */
export interface SyncFacts {
  /** The feed's subscriptions are acknowledged. */
  readonly live: boolean;
  /** The feed has been live at least once, or a connection attempt has failed. */
  readonly attempted: boolean;
  /** Without a feed, rows are read every few seconds instead, and the last time it worked. */
  readonly polled: boolean;
  /** All rows up to now have been read since the feed is live, or with the last poll. */
  readonly caughtUp: boolean;
  /** Updates of this device that are not acknowledged by the server. */
  readonly pending: number;
  /** Of these, updates that are on this device. */
  readonly pendingOnDevice: number;
  readonly mayWrite: boolean;
  /** Why this device cannot store anything, if so. */
  readonly deviceProblem: string | null;
  /** Why something cannot be sent and will not be without help, if so. */
  readonly problem: string | null;
  /** Why the last try to send failed, while more tries are made. */
  readonly delay: string | null;
  /** The project is deleted: nothing is sent until it is restored. */
  readonly deleted: boolean;
}

export interface StatusReport {
  readonly status: Status;
  readonly sentence: string;
  readonly pending: number;
  /** Of these, edits that are not on this device either: closing the tab would lose them. */
  readonly unsafe: number;
}

const POLLED = 'There is no live connection: what others write appears every ten seconds.';

/** The facts of several documents as those of one: nothing is better than in the worst of them. */
export function combineFacts(all: readonly SyncFacts[]): SyncFacts {
  return {
    live: all.every((each) => each.live),
    attempted: all.some((each) => each.attempted),
    polled: all.every((each) => each.live || each.polled),
    caughtUp: all.every((each) => each.caughtUp),
    pending: all.reduce((sum, each) => sum + each.pending, 0),
    pendingOnDevice: all.reduce((sum, each) => sum + each.pendingOnDevice, 0),
    mayWrite: all.every((each) => each.mayWrite),
    deviceProblem: all.find((each) => each.deviceProblem !== null)?.deviceProblem ?? null,
    problem: all.find((each) => each.problem !== null)?.problem ?? null,
    delay: all.find((each) => each.delay !== null)?.delay ?? null,
    deleted: all.some((each) => each.deleted),
  };
}

/** Which status the facts amount to, worst news first, and the sentence for it. */
export function deriveStatus(facts: SyncFacts): StatusReport {
  const unsafe = Math.max(0, facts.pending - facts.pendingOnDevice);
  const report = (status: Status, sentence: string): StatusReport => {
    if (!facts.live && facts.polled && status !== 'failed' && status !== 'deleted') sentence += ` ${POLLED}`;
    return { status, sentence, pending: facts.pending, unsafe };
  };
  const edits = facts.pending === 1 ? '1 edit' : `${facts.pending} edits`;
  const safe = unsafe === 0;
  const connected = facts.live || facts.polled;

  const problem = facts.deleted && facts.pending > 0 ? 'This project has been deleted.' : facts.problem;
  if (problem !== null) {
    const kept = facts.pending === 0 ? '' : safe ? ` ${edits} kept on this device.` : ` ${edits} only in this tab.`;
    return report('failed', `${problem}${kept}`);
  }
  // Whoever has nothing to send loses nothing: it is no bad news about edits.
  if (facts.deleted) return report('deleted', 'This project is deleted: it can be read, but not changed.');
  if (facts.deviceProblem !== null) {
    const stored = connected && facts.caughtUp && facts.pending === 0;
    const rest = stored
      ? 'All edits are stored on the server.'
      : facts.pending > 0
        ? `${edits} not stored anywhere yet: keep this tab open.`
        : 'Edits go to the server only.';
    return report('not-on-this-device', `Not saved on this device (${facts.deviceProblem}). ${rest}`);
  }
  if (!connected) {
    if (!facts.attempted) return report('connecting', 'Connecting…');
    if (facts.pending === 0) return report('offline', 'Offline. New edits are kept on this device until you are back.');
    return report(
      'offline',
      safe
        ? `Offline. ${edits} safe on this device, to be sent when you are back.`
        : `Offline. ${edits} waiting, being written to this device.`,
    );
  }
  if (!facts.caughtUp) return report('catching-up', 'Reading what others wrote…');
  if (facts.pending > 0 && facts.delay !== null) {
    const where = safe ? 'safe on this device' : 'only in this tab';
    return report('saving', `${edits} ${where}, not on the server yet: ${facts.delay} Trying again.`);
  }
  if (facts.pending > 0) return report('saving', `Saving ${edits}…`);
  if (!facts.mayWrite) return report('read-only', 'You can read this project, but not change it.');
  return report('saved', 'All edits are stored on the server.');
}
