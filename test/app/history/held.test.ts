import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { MomentView } from '../../../src/app/history/moment-view.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, hasTestId, mount, unmountAll, until } from '../ui/support.ts';

const MINUTE = 60_000;
const NOW = Date.now();

let project: FakeProject;
let node: string;

beforeEach(() => {
  project = new FakeProject();
  node = project.createFile('main.ts', null);
  const { history } = project;
  history.write(node, 'ana', NOW - 60 * MINUTE, (doc) => doc.getText('text').insert(0, 'one\n'));
  history.write(node, 'bob', NOW - 30 * MINUTE, (doc) => doc.getText('text').insert(4, 'two\n'));
  history.write(node, 'ana', NOW - 10 * MINUTE, (doc) => doc.getText('text').insert(8, 'three\n'));
});

afterEach(() => {
  unmountAll();
  project.history.close();
});

async function showMoment(view: HistoryView): Promise<void> {
  const moment = new MomentView();
  Object.assign(moment, { session: project, role: 'editor', view, theme: 'light' });
  await mount(moment);
}

/** Somebody who was offline comes back: the row says a time before what is looked at. */
function lateRow(): void {
  project.history.write(node, 'bob', NOW - 45 * MINUTE, (doc) => doc.getText('text').insert(0, 'late\n'));
}

const scrubbed = (): string => (byTestId('scrub-range') as HTMLInputElement).value;
const shownText = (): string => byTestId('moment-code').textContent.replaceAll('\u00a0', ' ');

describe('a moment that is looked at', () => {
  it('stays the same when a row arrives that is older', async () => {
    await showMoment({ kind: 'moment', node, position: 2, base: 1 });
    await until(() => hasTestId('scrub-range') && hasTestId('hunk'), 15_000);
    expect(scrubbed()).toBe('2');
    expect(byTestId('hunk').textContent).toContain('two');
    lateRow();
    await until(() => scrubbed() === '3', 15_000);
    await until(() => shownText().includes('late'));
    // It still goes from “one” to “two”: what came late is in both.
    expect(document.querySelectorAll('[data-testid="hunk"]').length).toBe(1);
    expect(byTestId('hunk').textContent).toContain('two');
    expect(byTestId('hunk').textContent).not.toContain('late');
    expect(byTestId('hunk').textContent).not.toContain('three');
  });

  it('stays where it is when something newer arrives', async () => {
    await showMoment({ kind: 'moment', node, position: 2, base: 1 });
    await until(() => hasTestId('scrub-range') && hasTestId('hunk'), 15_000);
    project.history.write(node, 'bob', NOW, (doc) => doc.getText('text').insert(0, 'newest\n'));
    await until(() => (byTestId('scrub-range') as HTMLInputElement).max === '4', 15_000);
    expect(scrubbed()).toBe('2');
    expect(byTestId('hunk').textContent).toContain('two');
  });

  it('is what a restore brings back, though a row comes late while its preview is open', async () => {
    await showMoment({ kind: 'restore', node, position: 2 });
    await until(() => document.querySelectorAll('[data-testid="hunk"]').length === 1, 15_000);
    expect(byTestId('hunk').textContent).toContain('three');
    lateRow();
    await until(() => shownText().includes('late'), 15_000);
    expect(document.querySelectorAll('[data-testid="hunk"]').length).toBe(1);
    expect(byTestId('hunk').textContent).toContain('three');
    expect(byTestId('hunk').textContent).not.toContain('two');
  });
});
