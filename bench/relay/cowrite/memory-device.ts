import { success } from '../../../src/core/failures.ts';
import type { DeviceStore, OutboxEntry, TabChannel } from '../../../src/core/ports.ts';

/** A device that keeps the outbox in memory and documents not at all: Node has no IndexedDB. */
export function memoryDevice(): DeviceStore {
  const entries = new Map<string, OutboxEntry>();
  return {
    outbox: {
      put: (_project, added) => {
        for (const entry of added) entries.set(`${entry.doc} ${entry.sequence}`, entry);
        return Promise.resolve(success(undefined));
      },
      load: () => Promise.resolve(success([])),
      forget: (_project, keys) => {
        for (const key of keys) entries.delete(`${key.doc} ${key.sequence}`);
        return Promise.resolve(success(undefined));
      },
      waiting: () => Promise.resolve(success([])),
    },
    owner: 'bench',
    isAlive: () => Promise.resolve(false),
    openDocument: () => ({
      loaded: Promise.resolve(),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  };
}

/** No other tabs. */
export const noTabs: TabChannel = { post: () => undefined, listen: () => () => undefined };
