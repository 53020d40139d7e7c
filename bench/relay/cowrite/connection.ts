import type { RandomBytes } from '../../../src/core/ids.ts';
import type { DeviceStore, PresenceTable, SnapshotStore, TabChannel, UpdateLog } from '../../../src/core/ports.ts';
import type { Feed } from '../../../src/core/ports.ts';
import type { Role } from '../../../src/core/roles.ts';
import { backoffDelay } from '../../../src/sync/backoff.ts';
import { ProjectSync } from '../../../src/sync/project-sync.ts';
import type { Connection } from '../replica.ts';

const DOCUMENT = 'fbench';

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
}

/** Opens the file of the benchmark as the app does; resolves when everything is read and saved. */
export async function openProject(
  { project, author, role }: Member,
  backend: Backend,
  device: DeviceStore,
  tabs: TabChannel,
): Promise<Connection> {
  const randomBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));
  let changed: () => void = () => undefined;
  const sync = new ProjectSync(
    {
      project,
      profile: 'embedded',
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
    },
    () => changed(),
  );
  sync.presence.update({ user: { id: author, name: author, color: '#888888' }, file: DOCUMENT.slice(1) });
  const file = sync.openDocument(DOCUMENT);
  const text = file.doc.getText('text');
  await file.loaded;
  await new Promise<void>((resolve) => {
    changed = () => {
      if (file.status.status === 'saved') resolve();
    };
    changed();
  });
  let typed = 0;
  return {
    get length() {
      return text.length;
    },
    append: () => {
      typed++;
      text.insert(text.length, 'x');
    },
    onChange: (listener) => text.observe(listener),
    // Updates leave the outbox in the order in which they were typed, and only when their row is stored.
    onStored: (listener) => {
      changed = () => listener(typed - file.sender.outbox.pending.count);
    },
    close: () => sync.close(),
  };
}
