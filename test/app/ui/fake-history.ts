import * as Y from 'yjs';
import type { HistoryStore } from '../../../src/store/history-store.ts';
import { LocalDesk } from '../../../src/app/session/history/desk.ts';
import { OpenHistory } from '../../../src/app/session/history.ts';
import { encodeUpdateRow, type UpdateRow } from '../../../src/core/codec.ts';
import { failure, success, type Outcome } from '../../../src/core/failures.ts';
import { encodeState } from '../../../src/core/compaction/load.ts';
import { SNAPSHOT_FORMAT, summaryOf, type SnapshotRecord } from '../../../src/core/compaction/snapshot.ts';
import { fileDocumentId, randomId } from '../../../src/core/ids.ts';
import type { Feed, FeedListener, UpdateLog } from '../../../src/core/ports.ts';
import type { Role } from '../../../src/core/roles.ts';
import { acceptStamp } from '../../../src/core/stamps.ts';

const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

/** Nothing is kept on the device. */
const nowhere: Pick<HistoryStore, 'read' | 'keep' | 'frame' | 'keepFrame'> = {
  read: () => Promise.resolve(success(null)),
  keep: () => Promise.resolve(success(undefined)),
  frame: () => Promise.resolve(success(null)),
  keepFrame: () => Promise.resolve(success(undefined)),
};

interface Base {
  readonly record: SnapshotRecord;
  readonly frame: Uint8Array;
}

/** The real history on rows that the test writes. */
export class FakeHistory extends OpenHistory {
  readonly rows: UpdateRow[];
  private readonly bases: Base[];
  private readonly docs = new Map<string, Y.Doc>();
  private readonly switches: { offline: boolean; listener: FeedListener | null };
  private readonly id: string;

  constructor(project: string, author: () => string) {
    const rows: UpdateRow[] = [];
    const bases: Base[] = [];
    const switches: { offline: boolean; listener: FeedListener | null } = { offline: false, listener: null };
    const log: Pick<UpdateLog, 'list'> = {
      list: ({ doc, since = '' }, take): Promise<Outcome<void>> => {
        if (switches.offline) return Promise.resolve(failure('offline', 'There is no network.'));
        take(rows.filter((row) => row.doc === doc && row.createdAt >= since));
        return Promise.resolve(success(undefined));
      },
    };
    super({
      project,
      log: log as UpdateLog,
      snapshots: {
        list: (_project, doc) =>
          Promise.resolve(success(bases.filter(({ record }) => record.doc === doc).map(({ record }) => record))),
        state: ({ id }) => Promise.resolve(success(bases.find(({ record }) => record.id === id)?.frame ?? null)),
        segment: () => Promise.resolve(success(null)),
      },
      store: nowhere,
      desk: new LocalDesk(),
      recentWork: (since) => {
        if (switches.offline) return Promise.resolve(failure('offline', 'There is no network.'));
        const work = rows.flatMap((row) => {
          const time = Date.parse(row.createdAt);
          const stamp = acceptStamp(row.permissions, project, row.doc);
          return 'invalid' in stamp || time <= (since ?? 0) ? [] : [{ doc: row.doc, author: stamp.author, time }];
        });
        return Promise.resolve(success(work.sort((a, b) => b.time - a.time)));
      },
      now: () => Date.now(),
      author,
      randomBytes,
      assertMayWrite: () => undefined,
      report: (error) => console.error(error),
    });
    this.id = project;
    this.rows = rows;
    this.bases = bases;
    this.switches = switches;
    const feed: Feed = {
      open: (_project, listener) => {
        switches.listener = listener;
        return () => undefined;
      },
      nudge: () => undefined,
    };
    const nothing = (): void => undefined;
    this.overhear(feed).open(project, {
      live: nothing,
      down: nothing,
      update: nothing,
      presence: nothing,
      presenceGone: nothing,
      project: nothing,
    });
  }

  set offline(offline: boolean) {
    this.switches.offline = offline;
  }

  /** Somebody changes the text of a file, or the tree, at a time; others hear of it. */
  write(node: string, author: string, time: number, change: (doc: Y.Doc) => void, role: Role = 'editor'): void {
    const doc = node.startsWith('t') && node === `t${this.id}` ? node : fileDocumentId(node);
    const shared = this.docs.get(doc) ?? new Y.Doc({ gc: false });
    this.docs.set(doc, shared);
    const copy = new Y.Doc({ gc: false });
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(shared));
    // Only what is done now: a state would tell all earlier deletions once more, as if they were this author's too.
    const updates: Uint8Array[] = [];
    copy.on('update', (update: Uint8Array) => updates.push(update));
    change(copy);
    const update = Y.mergeUpdates(updates);
    Y.applyUpdate(shared, update);
    const stamp = { project: this.id, role, author };
    const createdAt = new Date(time).toISOString();
    const row = { ...encodeUpdateRow(randomId(randomBytes), doc, update, stamp), createdAt };
    this.rows.push(row);
    this.switches.listener?.update(row);
  }

  /** A file of which an owner purged everything, the newest of it from a time: `change` makes what is left. */
  purge(node: string, time: number, change: (doc: Y.Doc) => void): void {
    const doc = new Y.Doc();
    change(doc);
    const frame = encodeState(Y.encodeStateAsUpdateV2(doc));
    const record: SnapshotRecord = {
      ...summaryOf([]),
      id: `base ${node}`,
      project: this.id,
      doc: fileDocumentId(node),
      generation: 1,
      format: SNAPSHOT_FORMAT,
      holds: Y.encodeSnapshotV2(Y.snapshot(doc)),
      stateBytes: frame.length,
      stateBlob: null,
      segmentBytes: 0,
      segmentBlob: null,
      isBase: true,
      lastTime: new Date(time).toISOString(),
    };
    this.bases.push({ record, frame });
  }

  /** The text of a file as all rows make it. */
  textOf(node: string): Y.Doc {
    const doc = this.docs.get(fileDocumentId(node));
    if (doc === undefined) throw new Error(`Nobody has written ${node}.`);
    return doc;
  }
}
