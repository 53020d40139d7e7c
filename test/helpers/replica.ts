import type * as Y from 'yjs';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { fileDocumentId } from '../../src/core/ids.ts';
import type { SnapshotStore, TabChannel } from '../../src/core/ports.ts';
import type { Role } from '../../src/core/roles.ts';
import type { DocumentSync } from '../../src/sync/document-sync.ts';
import type { EndpointProfile } from '../../src/sync/governor.ts';
import { ProjectSync } from '../../src/sync/project-sync.ts';
import { MemoryDevice, MemoryTabs } from './memory-device.ts';
import type { MemoryFeed, MemoryServer } from './memory-server.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const PROJECT = 'p1';
export const FILE = fileDocumentId('a');

let counter = 0;

/** Distinct ids without randomness: a failing test fails alike each time. */
function countedBytes(count: number): Uint8Array {
  counter++;
  return Uint8Array.from({ length: count }, (_, index) => (counter >> (index * 2)) & 3);
}

export interface ReplicaOptions {
  readonly user?: string;
  readonly role?: Role;
  readonly device?: MemoryDevice;
  readonly tabs?: TabChannel;
  readonly snapshots?: SnapshotStore;
  /** For jitter; default always 0.5. */
  readonly chance?: () => number;
  readonly profile?: EndpointProfile;
}

/** A tab of somebody on the memory backend, with one file open. */
export class Replica {
  readonly device: MemoryDevice;
  readonly feed: MemoryFeed;
  readonly project: ProjectSync;
  readonly file: DocumentSync;
  readonly reports: unknown[] = [];
  /** What the server said of rows: a refusal for good, or `null` for one that it took. */
  readonly verdicts: (string | null)[] = [];
  role: Role;

  constructor(server: MemoryServer, clock: VirtualClock, options: ReplicaOptions = {}) {
    const { user = 'ana', role = 'editor', device = new MemoryDevice(), tabs = new MemoryTabs().tab() } = options;
    this.device = device;
    this.role = role;
    this.feed = server.feed();
    this.project = new ProjectSync(
      {
        project: PROJECT,
        profile: options.profile ?? 'embedded',
        identity: () => ({ author: user, role: this.role }),
        log: server.log(),
        snapshots: options.snapshots ?? server.snapshotStore(),
        feed: this.feed,
        presence: server.presenceTable(user),
        device,
        tabs,
        clock,
        randomBytes: countedBytes,
        random: options.chance ?? (() => 0.5),
        projectChanged: () => undefined,
        refused: (_doc, sentence) => this.verdicts.push(sentence),
        report: (error) => this.reports.push(error),
      },
      () => undefined,
    );
    this.file = this.project.openDocument(FILE);
  }

  get text(): Y.Text {
    return this.file.doc.getText('text');
  }

  get status(): string {
    return this.file.status.status;
  }
}

/** The row that a proper client of `author` would send. */
export function rowOf(id: string, update: Uint8Array, author = 'bob', role: Role = 'editor') {
  return encodeUpdateRow(id, FILE, update, { project: PROJECT, author, role });
}
