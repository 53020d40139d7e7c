/** What can go wrong in a run, by name, with how often it happens where it can. */
export const FAULTS = {
  requestLost: 0.05,
  replyLost: 0.06,
  serverError: 0.04,
  rateLimited: 0.03,
  sessionExpired: 0.004,
  eventLost: 0.08,
  eventDoubled: 0.05,
  lateCommit: 0.04,
  deviceFails: 0.02,
  compactorCrash: 0.02,
} as const;

export type Fault = keyof typeof FAULTS;

/** How often each thing happened: a run that met no faults proves nothing. */
export type FaultCounts = Map<string, number>;

export function count(counts: FaultCounts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
