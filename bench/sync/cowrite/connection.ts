import { fileDocumentId, treeDocumentId, type RandomBytes } from '../../../src/core/ids.ts';
import type {
  DeviceStore,
  Feed,
  PresenceTable,
  SnapshotStore,
  TabChannel,
  UpdateLog,
} from '../../../src/core/ports.ts';
import type { Role } from '../../../src/core/roles.ts';
import { backoffDelay } from '../../../src/sync/backoff.ts';
import type { Environment } from '../../../src/sync/environment.ts';
import type { EndpointProfile } from '../../../src/sync/governor.ts';
import { ProjectSync } from '../../../src/sync/project-sync.ts';
import type { Connection } from '../replica.ts';

/** What measures stored keystrokes needs to know more. */
export interface CowriteConnection extends Connection {
  /** Edits of the file that the server has not acknowledged. */
  readonly pending: number;
}

/** The node of the file in the project's tree. */
const FILE = 'bench';

/** Both of Cowrite's backends, for the web and for Node. */
interface Backend {
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  presenceOf(author: () => string): PresenceTable;
  newFeed(backoff: (attempt: number) => number): Feed;
}

export interface Member {
  readonly project: string;
  readonly author: string;
  readonly role: Role;
  /** Whose rate limits apply. */
  readonly profile: EndpointProfile;
}

/** Opens a project and a file in it as the app does; resolves when everything is read and saved. */
export async function openProject(
  { project, author, role, profile }: Member,
  backend: Backend,
  device: DeviceStore,
  tabs: TabChannel,
): Promise<CowriteConnection> {
  const randomBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));
  const listeners = new Set<() => void>();
  const environment: Environment = {
    project,
    profile,
    identity: () => ({ author, role }),
    log: backend.log,
    snapshots: backend.snapshots,
    feed: backend.newFeed((attempt) => backoffDelay(attempt, Math.random())),
    presence: backend.presenceOf(() => author),
    device,
    tabs,
    projectChanged: () => undefined,
    clock: {
      now: () => Date.now(),
      after: (delay, then) => {
        const timer = setTimeout(then, delay);
        return () => clearTimeout(timer);
      },
    },
    randomBytes,
    random: Math.random,
    report: (error) => console.error(error),
  };
  const sync = new ProjectSync(environment, () => {
    for (const listener of listeners) listener();
  });
  sync.openDocument(treeDocumentId(project));
  const file = sync.openDocument(fileDocumentId(FILE));
  sync.presence.update({ user: { id: author, name: 'Someone', color: '#336699' }, file: FILE });
  await file.loaded;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (sync.status.status !== 'saved') return;
      listeners.delete(look);
      resolve();
    };
    listeners.add(look);
    look();
  });
  return {
    doc: file.doc,
    text: file.doc.getText('text'),
    showCursor: (selection) => sync.presence.update({ selection }),
    get saved() {
      return sync.status.status === 'saved';
    },
    get pending() {
      return file.sender.outbox.pending.count;
    },
    onStatus: (listener) => void listeners.add(listener),
    flush: () => sync.flush(),
    nudge: () => sync.nudge(),
    close: () => sync.close(),
  };
}
