import { describe, expect, it } from 'vitest';
import { countUnsent } from '../../../src/app/session/unsent.ts';
import type { UpdateRow } from '../../../src/core/codec.ts';
import { failure, success, type Outcome } from '../../../src/core/failures.ts';
import type { OutboxEntry, OutboxStore } from '../../../src/core/ports.ts';

const entry = (row: string, sequence: number): OutboxEntry => ({
  row,
  sequence,
  doc: 'fa',
  owner: 'page',
  update: new Uint8Array(),
});

function outboxOf(entries: readonly OutboxEntry[]): OutboxStore {
  return {
    put: () => Promise.resolve(success(undefined)),
    load: (_project, doc) => Promise.resolve(success(entries.filter((each) => each.doc === doc))),
    forget: () => Promise.resolve(success(undefined)),
    waiting: () => Promise.resolve(success([...new Set(entries.map((each) => each.doc))])),
  };
}

const storedRow = { id: 'stored' } as UpdateRow;
const log = (offline: boolean): { read(id: string): Promise<Outcome<UpdateRow | null>> } => ({
  read: (id) =>
    Promise.resolve(offline ? failure('offline', 'No answer.') : success(id === 'stored' ? storedRow : null)),
});

describe('edits that are on this device only', () => {
  const outbox = outboxOf([entry('stored', 1), entry('waiting', 2), entry('waiting', 3)]);

  it('are those whose row the server does not have', async () => {
    expect(await countUnsent(outbox, log(false), 'p')).toBe(2);
    expect(await countUnsent(outboxOf([]), log(false), 'p')).toBe(0);
  });

  it('are all that wait when the server cannot be asked', async () => {
    expect(await countUnsent(outbox, log(true), 'p')).toBe(3);
  });
});
