import * as Y from 'yjs';
import { failure, success, type Outcome } from '../../src/core/failures.ts';
import type {
  DeviceDocument,
  DeviceStore,
  OutboxEntry,
  OutboxStore,
  TabChannel,
  TabMessage,
} from '../../src/core/ports.ts';
import { sameKey } from '../helpers/memory-device.ts';
import type { Life } from './life.ts';
import type { Weather } from './network.ts';

interface StoredEntry extends OutboxEntry {
  readonly project: string;
}

/** What one browser keeps: outlives its pages. Writes take time and can fail; a crash stops those under way. */
export class SimulatedDevice {
  entries: StoredEntry[] = [];
  readonly documents = new Map<string, Uint8Array[]>();
  private readonly weather: Weather;
  private readonly lives = new Map<string, Life>();
  private readonly tabs = new Set<(message: TabMessage) => void>();

  constructor(weather: Weather) {
    this.weather = weather;
  }

  /** Everything that is kept of a document, as one update. */
  contentOf(project: string, doc: string): Uint8Array[] {
    const waiting = this.entries.filter((each) => each.project === project && each.doc === doc);
    return [...(this.documents.get(`${project}:${doc}`) ?? []), ...waiting.map((each) => each.update)];
  }

  store(life: Life): DeviceStore {
    // What was handed to the device is carried out in order; of what was under way at a crash the last part is lost.
    let before: Promise<unknown> = Promise.resolve();
    const act = <T>(work: () => T): Promise<Outcome<T>> => {
      const done = Promise.all([before, this.weather.delay(8)]).then((): Outcome<T> => {
        if (life.over) return failure('rejected', 'page gone');
        return this.weather.strikes('deviceFails') ? failure('rejected', 'disk full') : success(work());
      });
      before = done;
      return life.bound(done);
    };
    const outbox: OutboxStore = {
      put: (project, entries) => act(() => entries.forEach((entry) => this.keepEntry({ project, ...entry }))),
      load: (project, doc) => act(() => this.entries.filter((each) => each.project === project && each.doc === doc)),
      forget: (project, keys) =>
        act(() => {
          this.entries = this.entries.filter(
            (each) => each.project !== project || !keys.some((key) => sameKey(each, key)),
          );
        }),
      waiting: (project) =>
        act(() => [...new Set(this.entries.filter((each) => each.project === project).map((each) => each.doc))]),
    };
    const owner = `page${this.lives.size}`;
    this.lives.set(owner, life);
    return {
      outbox,
      owner,
      isAlive: (other) => life.bound(Promise.resolve(this.lives.get(other)?.over === false)),
      openDocument: (project, id, doc) => this.openDocument(life, `${project}:${id}`, doc),
    };
  }

  tab(life: Life): TabChannel {
    const listeners = new Set<(message: TabMessage) => void>();
    let order: TabMessage[] = [];
    const receive = (message: TabMessage): void => {
      // Late, but in the order in which they were sent.
      order.push(message);
      this.weather.clock.after(this.weather.random.below(5), () => {
        const [first, ...others] = order;
        order = others;
        if (first && !life.over) for (const listener of listeners) listener(first);
      });
    };
    this.tabs.add(receive);
    return {
      post: (message) => {
        if (life.over) return;
        for (const tab of this.tabs) if (tab !== receive) tab(message);
      },
      listen: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }

  private keepEntry(entry: StoredEntry): void {
    this.entries = this.entries.filter((each) => !sameKey(each, entry));
    this.entries.push(entry);
  }

  private openDocument(life: Life, key: string, doc: Y.Doc): DeviceDocument {
    const kept = this.documents.get(key) ?? [];
    this.documents.set(key, kept);
    const load = async (): Promise<void> => {
      await this.weather.delay(10);
      const apply = (): void => {
        for (const update of kept) Y.applyUpdate(doc, update, 'device');
      };
      Y.transact(doc, apply, 'device', false);
    };
    let writing = Promise.resolve();
    const keep = (update: Uint8Array, origin: unknown): void => {
      if (origin === 'device') return;
      // Transactions of a database are carried out in order.
      writing = writing
        .then(() => this.weather.delay(10))
        .then(() => {
          if (!life.over) kept.push(update);
        });
    };
    doc.on('update', keep);
    return {
      loaded: life.bound(load()),
      flush: () => life.bound(this.weather.delay(10)),
      close: async () => {
        await life.bound(this.weather.delay(10));
        doc.off('update', keep);
      },
    };
  }
}
