import { afterEach, describe, expect, it } from 'vitest';
import { wouldLoseEdits } from '../../../src/app/status/leave-guard.ts';
import '../../../src/app/status/status-chip.ts';
import type { StatusChip } from '../../../src/app/status/status-chip.ts';
import type { Status, StatusReport } from '../../../src/core/status.ts';
import { SYNC_REPORT } from './fake-app.ts';
import { byTestId, mount, record, unmountAll } from './support.ts';

afterEach(unmountAll);

/** The steps that are shown: state and text. */
function stepsShown(): string[] {
  const steps = [...document.querySelectorAll<HTMLElement>('[data-testid=ladder-step]')];
  return steps.map((step) => `${step.dataset['state']} ${step.textContent?.trim().replaceAll(/\s+/g, ' ')}`);
}

const ALL: readonly (readonly [Status, string, string])[] = [
  ['offline', 'Offline', 'amber'],
  ['connecting', 'Connecting', 'quiet'],
  ['catching-up', 'Catching up', 'blue'],
  ['saving', 'Saving', 'blue'],
  ['saved', 'Saved', 'green'],
  ['read-only', 'Read only', 'quiet'],
  ['not-on-this-device', 'Not on this device', 'amber'],
  ['failed', 'Not saved', 'red'],
  ['deleted', 'Deleted', 'quiet'],
];

const report = (status: Status, pending = 0, unsafe = 0): StatusReport => {
  return { status, sentence: `It is ${status}.`, pending, unsafe };
};

async function chip(first: StatusReport): Promise<{ element: StatusChip; said: string[] }> {
  const element = document.createElement('cw-status');
  const said = record<string>(element, 'announce');
  element.report = first;
  await mount(element);
  return { element, said };
}

async function show(element: StatusChip, next: StatusReport): Promise<void> {
  element.report = next;
  await element.updateComplete;
}

describe('the status chip', () => {
  it.each(ALL)('shows %s', async (status, label, tone) => {
    await chip(report(status, 3));
    const button = byTestId('status');
    expect(button.textContent?.trim()).toBe(label);
    expect(button.dataset).toMatchObject({ status, tone, pending: '3' });
    expect(byTestId('status-sentence').textContent).toBe(`It is ${status}.`);
    expect(byTestId('status-pending').textContent).toBe('3');
  });

  it('is green for nothing but saved', () => {
    expect(ALL.filter(([, , tone]) => tone === 'green').map(([status]) => status)).toEqual(['saved']);
  });

  it('does not speak while saving and saved take turns', async () => {
    const { element, said } = await chip(report('saved'));
    for (let turn = 0; turn < 3; turn++) {
      await show(element, report('saving', 1));
      await show(element, report('saved'));
    }
    expect(said).toEqual([]);
  });

  it('says when the connection goes and comes, once each', async () => {
    const { element, said } = await chip(report('saved'));
    await show(element, report('offline'));
    await show(element, report('offline', 1));
    await show(element, report('connecting', 1));
    await show(element, report('saved'));
    expect(said).toEqual(['It is offline.', 'It is saved.']);
  });

  it('says bad news at once', async () => {
    const { said } = await chip(report('failed', 2));
    expect(said).toEqual(['It is failed.']);
  });

  it('shows how far the edits of the open file have come, and what is ignored, while it is open', async () => {
    const { element } = await chip(report('saving', 3));
    const agreements = [{ client: 1, user: 'bob', name: 'Bob', same: true, current: true, at: Date.now() - 3_000 }];
    const ladder = { unsafe: 0, waiting: 1, sending: 2, agreements };
    const quarantined = [
      { row: 'a', reason: 'no stamp' },
      { row: 'b', reason: 'no stamp' },
    ];
    const numbers = { rowsIn: 1, rowsOut: 2, reads: 3, hasGap: false, digest: null, heals: 0 };
    const stored = { rows: null, logBytes: null, generation: null, stateBytes: null, segmentBytes: null };
    const shown = { id: 'fx', status: report('saving', 3), ladder, quarantined, stored, ...numbers };
    element.inspect = () => ({ ...SYNC_REPORT, documents: [shown] });
    element.file = { doc: 'fx', name: 'main.ts', present: ['Bob'] };
    byTestId('status').click();
    await expect.poll(() => stepsShown().length).toBe(4);
    expect(stepsShown()).toEqual([
      'done On this device every edit',
      'under-way Sent 1 edit waiting',
      'under-way Stored 3 edits not stored yet',
      'done Seen identical with Bob, 3 s ago',
    ]);
    expect(byTestId('status-quarantined').textContent).toBe('2');
    const asked = record(element, 'sync-inspect');
    byTestId('status-inspect').click();
    expect(asked).toHaveLength(1);
  });

  it('asks to try again', async () => {
    const { element } = await chip(report('offline', 1));
    const asked = record(element, 'sync-retry');
    byTestId('status-retry').click();
    expect(asked).toHaveLength(1);
  });
});

describe('leaving the page', () => {
  it.each(ALL)('asks in status %s exactly when something is neither on the server nor on this device', (status) => {
    expect(wouldLoseEdits(report(status, 2, 1))).toBe(true);
    expect(wouldLoseEdits(report(status, 2, 0))).toBe(false);
    expect(wouldLoseEdits(report(status, 0, 0))).toBe(false);
  });

  it('is free before anything is known', () => expect(wouldLoseEdits(null)).toBe(false));
});
