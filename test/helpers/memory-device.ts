import * as Y from 'yjs';
import { failure, success, type Outcome } from '../../src/core/failures.ts';
import type {
  DeviceDocument,
  DeviceStore,
  OutboxEntry,
  OutboxKey,
  OutboxStore,
  TabChannel,
  TabMessage,
} from '../../src/core/ports.ts';

/** A device in memory. `outboxProblem` and `documentsFrozen` make it fail. */
export class MemoryDevice implements DeviceStore {
  readonly outbox: OutboxStore;
  readonly owner: string;
  /** Pages of this device that live. */
  readonly pages: Set<string>;
  readonly entries: (OutboxEntry & { project: string })[];
  readonly documents: Map<string, Uint8Array>;
  outboxProblem: string | null = null;
  /** What the device waits for before it answers. */
  busy: Promise<void> = Promise.resolve();
  /** From now on documents are not stored any more, as after a crash between two writes. */
  documentsFrozen = false;

  /** @param before an earlier or other page of the same device */
  constructor(before?: MemoryDevice) {
    this.entries = before?.entries ?? [];
    this.documents = before?.documents ?? new Map<string, Uint8Array>();
    this.pages = before?.pages ?? new Set<string>();
    this.owner = `page${this.pages.size}${this.entries.length}`;
    this.pages.add(this.owner);
    const answer = async <T>(work: () => T): Promise<Outcome<T>> => {
      await this.busy;
      return this.outboxProblem === null ? success(work()) : failure('rejected', this.outboxProblem);
    };
    this.outbox = {
      put: (project, entries) =>
        answer(() => {
          for (const entry of entries) {
            const same = this.entries.findIndex((each) => sameKey(each, entry));
            if (same >= 0) this.entries[same] = { project, ...entry };
            else this.entries.push({ project, ...entry });
          }
        }),
      load: (project, doc) => answer(() => this.entries.filter((each) => each.project === project && each.doc === doc)),
      forget: (project, keys) =>
        answer(() => {
          const kept = this.entries.filter(
            (each) => each.project !== project || !keys.some((key) => sameKey(each, key)),
          );
          this.entries.splice(0, this.entries.length, ...kept);
        }),
      waiting: (project) =>
        answer(() => [...new Set(this.entries.filter((each) => each.project === project).map((each) => each.doc))]),
    };
  }

  isAlive(owner: string): Promise<boolean> {
    return Promise.resolve(this.pages.has(owner));
  }

  /** The page is gone, however it ended. */
  die(): void {
    this.pages.delete(this.owner);
  }

  openDocument(project: string, id: string, doc: Y.Doc): DeviceDocument {
    const key = `${project}:${id}`;
    const load = async (): Promise<void> => {
      await Promise.resolve();
      const stored = this.documents.get(key);
      const apply = (): void => {
        if (stored) Y.applyUpdate(doc, stored, 'memory');
      };
      Y.transact(doc, apply, 'memory', false);
    };
    const keep = (): void => {
      if (!this.documentsFrozen) this.documents.set(key, Y.encodeStateAsUpdate(doc));
    };
    doc.on('update', keep);
    return {
      loaded: load(),
      flush: () => Promise.resolve(),
      close: async () => {
        await Promise.resolve();
        doc.off('update', keep);
      },
    };
  }
}

/** Whether two keys are of one entry. */
export function sameKey(a: OutboxKey, b: OutboxKey): boolean {
  return a.owner === b.owner && a.doc === b.doc && a.sequence === b.sequence;
}

/** Tabs of one browser, in memory. */
export class MemoryTabs {
  private readonly tabs = new Set<(message: TabMessage) => void>();

  tab(): TabChannel {
    let own: ((message: TabMessage) => void)[] = [];
    const receive = (message: TabMessage): void => {
      for (const take of own) take(message);
    };
    this.tabs.add(receive);
    return {
      post: (message) => {
        for (const tab of this.tabs) if (tab !== receive) tab(message);
      },
      listen: (take) => {
        own.push(take);
        return () => {
          own = own.filter((each) => each !== take);
        };
      },
    };
  }
}
