import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryPanel } from '../../../src/app/history/history-panel.ts';
import { MomentView } from '../../../src/app/history/moment-view.ts';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, fill, hasTestId, mount, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();

let project: FakeProject;
let node: string;
const places: HTMLElement[] = [];

beforeEach(() => {
  project = new FakeProject();
  node = project.createFile('main.ts', null);
  project.people.set(new Map([['bob', { name: 'Bob', color: '#0f766e' }]]));
  project.history.write(node, 'ana', NOW - 5 * HOUR, (doc) => doc.getText('text').insert(0, 'one\ntwo\n'));
  project.history.write(node, 'bob', NOW - HOUR, (doc) => doc.getText('text').delete(0, 4));
});

afterEach(() => {
  unmountAll();
  for (const place of places.splice(0)) place.remove();
  project.history.close();
  document.documentElement.className = 'wa-light';
});

async function findings(): Promise<string[]> {
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)));
  const { violations } = await axe.run(document.body, {
    resultTypes: ['violations'],
    // The elements stand alone here; the page around them has its own test.
    rules: { region: { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
}

async function showMoment(view: HistoryView): Promise<void> {
  const place = document.createElement('div');
  place.style.height = '600px';
  document.body.append(place);
  places.push(place);
  await mount(Object.assign(new MomentView(), { session: project, role: 'editor', view, theme: 'light' }), place);
}

describe.each(['wa-light', 'wa-dark'])('axe finds nothing serious, %s', (theme) => {
  beforeEach(() => {
    document.documentElement.className = theme;
  });

  it('in the panel: timeline, search, versions', async () => {
    await mount(Object.assign(new HistoryPanel(), { session: project, role: 'editor', file: node }));
    await until(() => document.querySelectorAll('.hist-glimpse').length === 2);
    expect(await findings()).toEqual([]);
    fill(byTestId('history-search') as HTMLInputElement, 'one');
    await until(() => hasTestId('search-vanished'));
    expect(await findings()).toEqual([]);
    byTestId('tab-versions').click();
    await until(() => hasTestId('no-versions'));
    expect(await findings()).toEqual([]);
  });

  it('over the editor: a moment, and a preview', async () => {
    await showMoment({ kind: 'moment', node, position: 2, base: 1 });
    await until(() => hasTestId('hunk') && hasTestId('scrub-range'), 15_000);
    expect(await findings()).toEqual([]);
    unmountAll();
    await showMoment({ kind: 'restore', node, position: 1 });
    await until(() => hasTestId('hunk-choose'), 15_000);
    expect(await findings()).toEqual([]);
  });
});
