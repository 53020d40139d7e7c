import { success } from '../../../src/core/failures.ts';
import type { DeviceStore, OutboxEntry, TabChannel } from '../../../src/core/ports.ts';

/** A device that keeps the outbox in memory and documents not at all: Node has no IndexedDB. */
export function memoryDevice(): DeviceStore {
  const entries = new Map<string, OutboxEntry[]>();
  return {
    outbox: {
      add: (_project, added) => {
        for (const entry of added) entries.set(entry.row, [...(entries.get(entry.row) ?? []), entry]);
        return Promise.resolve(success(undefined));
      },
      load: () => Promise.resolve(success([])),
      acknowledge: (_project, _doc, row) => {
        entries.delete(row);
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
