import type { UpdateRow } from '../../core/codec.ts';
import { success, type Outcome } from '../../core/failures.ts';
import { documentKind, treeDocumentId } from '../../core/ids.ts';
import type { SnapshotStore, UpdateLog } from '../../core/ports.ts';
import {
  foldRows,
  rescueDocument,
  rescueText,
  withoutRanges,
  type Access,
  type RescueSources,
} from '../../core/rescue.ts';
import type { IndexedDbDevice } from '../../store/indexeddb-device.ts';
import type { RescuedFile } from './rescue-api.ts';
import { distinctPaths, readRescueTree, type RescueTree } from './rescue-tree.ts';

/** The server as far as it is read for a rescue. */
export interface RescueServer {
  readonly log: Pick<UpdateLog, 'list'>;
  readonly snapshots: Pick<SnapshotStore, 'newest'>;
}

/** Reads files with their unsent edits from this device and, where the user still may, from the server. */
export class RescueReader {
  private readonly device: IndexedDbDevice;
  private readonly server: RescueServer;

  constructor(device: IndexedDbDevice, server: RescueServer) {
    this.device = device;
    this.server = server;
  }

  /** The tree as this device has it; empty if it cannot be read: files then get names that are made up. */
  async tree(project: string): Promise<RescueTree> {
    const sources = await this.sources(project, treeDocumentId(project), null);
    const found = sources.ok ? sources.value : { device: [], waiting: [], server: null };
    return readRescueTree(rescueDocument(found), found.waiting);
  }

  async file(access: Access, project: string, doc: string, tree: RescueTree): Promise<Outcome<RescuedFile>> {
    const sources = await this.sources(project, doc, await readServer(this.server, access, project, doc));
    if (!sources.ok) return sources;
    const { mine, server, inserted, incomplete } = rescueText(sources.value);
    const { path, lineEnding } = tree.fileOf(doc);
    const comparedWith = server === null ? 'device' : 'server';
    const before = server ?? withoutRanges(mine, inserted);
    return success({ doc, path, lineEnding, mine, before, comparedWith, incomplete });
  }

  /** The files among these documents, by path; with the tree among them also the files that it is about to create. */
  async files(
    access: Access,
    project: string,
    docs: readonly string[],
    tree: RescueTree,
  ): Promise<Outcome<readonly RescuedFile[]>> {
    const created = docs.includes(treeDocumentId(project)) ? tree.created : [];
    const files: RescuedFile[] = [];
    // One after the other: together they may be large.
    for (const doc of new Set([...docs.filter((each) => documentKind(each) === 'file'), ...created])) {
      const file = await this.file(access, project, doc, tree);
      if (!file.ok) return file;
      files.push(file.value);
    }
    return success(distinctPaths(files.sort((a, b) => (a.path < b.path ? -1 : 1))));
  }

  private async sources(project: string, doc: string, server: Uint8Array | null): Promise<Outcome<RescueSources>> {
    const [kept, entries] = await Promise.all([
      this.device.readDocument(project, doc),
      this.device.outbox.load(project, doc),
    ]);
    if (!kept.ok) return kept;
    if (!entries.ok) return entries;
    return success({ device: kept.value, waiting: entries.value.map((entry) => entry.update), server });
  }
}

/** A document as the server has it, as one update; `null` if it may not or cannot be read now, in whole. */
export async function readServer(
  { log, snapshots }: RescueServer,
  access: Access,
  project: string,
  doc: string,
): Promise<Uint8Array | null> {
  // Whoever is no member is still shown the rows that are his own: that would be taken for the whole text.
  if (access.kind !== 'member' && access.kind !== 'deleted') return null;
  const rows: UpdateRow[] = [];
  const listed = await log.list({ project, doc }, (page) => rows.push(...page));
  if (!listed.ok) return null;
  const snapshot = await snapshots.newest(project, doc);
  return snapshot.ok ? foldRows(project, doc, rows, snapshot.value?.state ?? null) : null;
}
