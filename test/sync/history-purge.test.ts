import { describe, expect, it } from 'vitest';
import { purgeHistoryBefore } from '../../src/backend/history-purge.ts';

const BUSY = { error: { kind: 'server', message: 'The document is being compacted. Try again.' } };

/** Asks a Function that gives these answers, one after the other; the last one for ever. */
async function purge(answers: readonly (readonly [number, object])[]): Promise<[unknown, number, number]> {
  let asked = 0;
  let waited = 0;
  const createExecution = () => {
    const [responseStatusCode, body] = answers[Math.min(asked++, answers.length - 1)] ?? [500, {}];
    return Promise.resolve({ status: 'completed', responseStatusCode, responseBody: JSON.stringify(body) });
  };
  const wait = (ms: number): Promise<void> => {
    waited += ms;
    return Promise.resolve();
  };
  return [await purgeHistoryBefore({ createExecution }, 'p', 'fa', '2026-01-31T00:00:00.000Z', wait), asked, waited];
}

describe('[SNAP-3] a purge', () => {
  it('waits for a compaction that is running, and asks again', async () => {
    const [outcome, asked, waited] = await purge([
      [503, BUSY],
      [503, BUSY],
      [200, { purged: 7 }],
    ]);
    expect(outcome).toEqual({ ok: true, value: 7 });
    expect([asked, waited > 1_000]).toEqual([3, true]);
  });

  it('says so if that does not end within half a minute', async () => {
    const [outcome, asked, waited] = await purge([[503, BUSY]]);
    expect(outcome).toMatchObject({ ok: false, kind: 'server', message: BUSY.error.message });
    expect([asked, waited]).toEqual([5, 30_000]);
  });

  it('is asked for once where it is refused', async () => {
    const [outcome, asked] = await purge([[403, { error: { message: 'Owners only.' } }]]);
    expect(outcome).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(asked).toBe(1);
  });
});
