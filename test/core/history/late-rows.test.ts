import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { operationsOnLive } from '../../../src/core/history/plan.ts';
import { planRestore } from '../../../src/core/history/restore.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { applyOperations } from '../../../src/core/text.ts';
import { entryOf, Writer } from './histories.ts';

const MINUTE = 60_000;

function liveOf(history: TextHistory): Y.Text {
  const doc = new Y.Doc();
  for (const { update } of history.entries()) Y.applyUpdate(doc, update);
  return doc.getText('text');
}

describe('a plan and a row that arrives late', () => {
  it('is refused, since its places mean something else now; what is newer does not matter', () => {
    const ana = new Writer('ana', () => 1);
    ana.insert(0, 'one\n');
    const first = entryOf(ana.flush() ?? new Uint8Array(), 'ana', 10 * MINUTE, 'row1');
    const bob = new Writer('bob', () => 2);
    bob.take(first.update);
    bob.insert(0, 'late\n');
    const late = entryOf(bob.flush() ?? new Uint8Array(), 'bob', 15 * MINUTE, 'row2');
    ana.insert(4, 'two\n');
    const second = entryOf(ana.flush() ?? new Uint8Array(), 'ana', 20 * MINUTE, 'row3');
    const history = new TextHistory({ entries: [first, second] });
    const plan = planRestore(history, 1);

    ana.insert(8, 'newer\n');
    history.append([entryOf(ana.flush() ?? new Uint8Array(), 'ana', 30 * MINUTE, 'row4')]);
    const live = liveOf(history);
    expect(applyOperations(live.toJSON(), operationsOnLive(history, plan, live))).toBe('one\nnewer\n');

    history.append([late]);
    expect(() => operationsOnLive(history, plan, liveOf(history))).toThrow('Look at the preview again');
    const anew = planRestore(history, history.positionOf('row1') ?? 0);
    const now = liveOf(history);
    expect(applyOperations(now.toJSON(), operationsOnLive(history, anew, now))).toBe('one\n');
  });
});
