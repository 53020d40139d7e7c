import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page as screen } from 'vitest/browser';
import '../../../src/app/history/history-panel.ts';
import '../../../src/app/history/moment-view.ts';
import '../../../src/app/project/project-page.ts';
import { ThemeSetting } from '../../../src/app/ui/theme.ts';
import { ana, FakeApp } from '../ui/fake-app.ts';
import { byTestId, FakeNavigation, hasTestId, mount, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();

let app: FakeApp;
let main: string;
let place: HTMLElement;
const theme = new ThemeSetting();

beforeEach(() => {
  app = new FakeApp();
  main = app.project.createFile('main.ts', null);
  const write = (author: string, hours: number, words: string): void =>
    app.project.history.write(main, author, NOW - hours * HOUR, (doc) => doc.getText('text').insert(0, words));
  write('ana', 9, Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join('\n'));
  write('bob', 5, 'from bob\n');
  place = document.createElement('div');
  place.style.cssText = 'position:fixed;inset:0';
  document.body.append(place);
});

afterEach(async () => {
  unmountAll();
  place.remove();
  app.project.history.close();
  await screen.viewport(1100, 700);
});

/** Chooses the newest session in the panel. */
async function chooseSession(width: number): Promise<HTMLElement> {
  await screen.viewport(width, 800);
  const page = document.createElement('cw-project');
  Object.assign(page, { app, router: new FakeNavigation(), theme, user: ana, project: 'project1', file: main });
  await mount(page, place);
  await until(() => hasTestId('project', page));
  byTestId('toggle-history', page).click();
  const session = await until(() => page.querySelector<HTMLElement>('[data-testid="timeline-session"]'), 15_000);
  session.click();
  await until(() => page.querySelector('[data-testid="hunk"]'), 15_000);
  return page;
}

describe('on a narrow screen', () => {
  for (const width of [390, 800]) {
    it(`the panel makes room for a chosen session, at ${width} pixels`, async () => {
      const page = await chooseSession(width);
      expect(hasTestId('panel-history', page)).toBe(false);
      expect(document.activeElement?.closest('.moment')).not.toBeNull();
    });

    it(`the list of changes is below the text, at ${width} pixels`, async () => {
      const page = await chooseSession(width);
      const body = page.querySelector('.moment-body')?.getBoundingClientRect();
      const list = page.querySelector('.moment-body > cw-hunks')?.getBoundingClientRect();
      const text = page.querySelector('cw-moment-editor')?.getBoundingClientRect();
      if (!body || !list || !text) throw new Error('There is no moment.');
      expect(list.height).toBeGreaterThan(40);
      expect(list.height).toBeLessThanOrEqual(body.height * 0.4 + 1);
      expect(list.width).toBe(body.width);
      expect(list.top).toBeGreaterThanOrEqual(text.bottom - 1);
      expect(list.bottom).toBeLessThanOrEqual(body.bottom + 1);
      expect(text.height).toBeGreaterThan(body.height / 2);
    });
  }

  it('is the panel beside the view where there is room for both', async () => {
    const page = await chooseSession(1200);
    expect(hasTestId('panel-history', page)).toBe(true);
  });
});
