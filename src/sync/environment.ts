import type { RandomBytes } from '../core/ids.ts';
import type {
  Clock,
  DeviceStore,
  Feed,
  MemberChange,
  PresenceTable,
  ProjectInfo,
  SnapshotStore,
  TabChannel,
  UpdateLog,
} from '../core/ports.ts';
import type { Stamp } from '../core/stamps.ts';
import type { EndpointProfile } from './governor.ts';

/** Everything outside that the synchronisation of one project works with. */
export interface Environment {
  readonly project: string;
  /** What the server allows in a minute. */
  readonly profile: EndpointProfile;
  /** Who writes, in which role: read each time something is written, since a role can change. */
  readonly identity: () => Omit<Stamp, 'project'>;
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  readonly feed: Feed;
  readonly presence: PresenceTable;
  readonly device: DeviceStore;
  readonly tabs: TabChannel;
  readonly clock: Clock;
  /** Random bytes for ids. */
  readonly randomBytes: RandomBytes;
  /** A number in [0, 1) for back-off and jitter. */
  readonly random: () => number;
  /** Called when the project was renamed, deleted or restored by somebody. */
  readonly projectChanged: (info: ProjectInfo) => void;
  /** Called when it may be that the project was deleted or restored unheard: after each connect, and while it is deleted. */
  readonly checkProject?: () => void;
  /** Called when somebody came, went, or has another role. */
  readonly membersChanged?: (change: MemberChange) => void;
  /** Called when the server refuses a row of a document for good, and with `null` when it takes one. */
  readonly refused?: (doc: string, sentence: string | null) => void;
  /** Where background work that fails in an unforeseen way says so. */
  readonly report: (error: unknown) => void;
}
