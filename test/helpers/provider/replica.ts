import { randomBytes } from 'node:crypto';
import type * as Y from 'yjs';
import { fileDocumentId, treeDocumentId } from '../../../src/core/ids.ts';
import type { TabChannel } from '../../../src/core/ports.ts';
import type { Role } from '../../../src/core/roles.ts';
import type { DocumentSync } from '../../../src/sync/document-sync.ts';
import { ProjectSync } from '../../../src/sync/project-sync.ts';
import { MemoryDevice, MemoryTabs } from '../memory-device.ts';
import { Line } from './line.ts';
import type { Member, World } from './world.ts';

/** The file that a replica opens if nothing else is said. */
export const FILE = fileDocumentId('main');

export interface ReplicaOptions {
  readonly device?: MemoryDevice;
  readonly tabs?: TabChannel;
  /** Whether there is a network from the start; default yes. */
  readonly plugged?: boolean;
  /** Whether its network lets sockets through; default yes. */
  readonly sockets?: boolean;
  /** What the replica believes its role to be; default: what it is. */
  readonly role?: Role;
  /** The document that it opens; default `FILE`. */
  readonly file?: string;
}

/** The real synchronisation of one page, in memory up to its ports and on a server's behind them. */
export class ProviderReplica {
  readonly line: Line;
  readonly device: MemoryDevice;
  readonly sync: ProjectSync;
  readonly file: DocumentSync;
  /** What it reported as unforeseen. */
  readonly reports: unknown[] = [];
  /** Called after each change of a status. */
  onChange: () => void = () => undefined;
  private readonly project: string;

  constructor(world: World, member: Member, options: ReplicaOptions = {}) {
    const { device = new MemoryDevice(), tabs = new MemoryTabs().tab(), plugged, sockets, role, file = FILE } = options;
    this.device = device;
    this.project = world.project;
    this.line = new Line(world.portsOf(member), plugged, sockets);
    const { log, snapshots, feed, presence } = this.line;
    this.sync = new ProjectSync(
      {
        project: world.project,
        identity: () => ({ author: member.id, role: role ?? member.role }),
        log,
        snapshots,
        feed,
        presence,
        device,
        tabs,
        clock: world.time,
        randomBytes: (count) => randomBytes(count),
        random: () => 0.5,
        profile: world.profile,
        projectChanged: () => undefined,
        report: (error) => this.reports.push(error),
      },
      () => this.onChange(),
    );
    this.file = this.sync.openDocument(file);
    const { id } = member;
    this.sync.presence.update({ user: { id, name: id, color: '#112233' }, file: file.slice(1) });
  }

  get text(): Y.Text {
    return this.file.doc.getText('text');
  }

  get content(): string {
    return this.text.toJSON();
  }

  get status(): string {
    return this.file.status.status;
  }

  /** The document of the project's tree, opened. */
  get tree(): DocumentSync {
    return this.sync.openDocument(treeDocumentId(this.project));
  }

  /** The page ends as when its process is killed: nothing is said to anybody, and the device keeps what it has. */
  die(): void {
    this.line.unplug();
    this.device.die();
  }
}
