import type { Clock, Feed, PresenceTable, SnapshotStore, UpdateLog } from '../../../src/core/ports.ts';
import type { Role } from '../../../src/core/roles.ts';
import type { EndpointProfile } from '../../../src/sync/governor.ts';

/** Somebody with an account; only the server knows what they may really do. */
export interface Member {
  readonly id: string;
  /** The role in the project; an outsider's is the one that they pretend to have. */
  readonly role: Role;
}

/** The server as one person reaches it. */
export interface Ports {
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  readonly feed: Feed;
  readonly presence: PresenceTable;
}

/** Time as a test moves it. */
export interface TestTime extends Clock {
  /** So many milliseconds go by for the replicas: timers that are due run. */
  pass(milliseconds: number): Promise<void>;
  /** Waits until `check` throws no more; rejects with what it threw last when that takes too long. */
  until(check: () => void | Promise<void>): Promise<void>;
}

/** One new project on one server, whichever that is. */
export interface World {
  readonly project: string;
  /** What the replicas take the server for, which decides how fast they send. */
  readonly profile: EndpointProfile;
  readonly time: TestTime;
  /** The owner. */
  readonly ana: Member;
  /** An editor. */
  readonly bob: Member;
  readonly viewer: Member;
  /** Somebody who is in no team of this project. */
  readonly outsider: Member;
  portsOf(member: Member): Ports;
}
