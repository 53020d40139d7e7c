import { afterEach, expect, it } from 'vitest';
import { page as screen } from 'vitest/browser';
import '../../../src/app/status/inspector.ts';
import { FakeProject } from './fake-app.ts';
import { byTestId, mount, unmountAll, until } from './support.ts';

afterEach(async () => {
  unmountAll();
  await screen.viewport(1100, 700);
});

it('on a phone all facts of the connection are on the screen; only the tables scroll sideways', async () => {
  await screen.viewport(390, 800);
  const inspector = document.createElement('cw-inspector');
  inspector.session = new FakeProject();
  await mount(inspector);
  inspector.show();
  await until(() => inspector.querySelector('.inspector-facts dd')?.getClientRects().length);
  const right = [...inspector.querySelectorAll('.inspector-facts dd')].map((dd) => dd.getBoundingClientRect().right);
  expect(right.length).toBeGreaterThan(5);
  expect(Math.max(...right)).toBeLessThanOrEqual(390);
  expect(byTestId('inspector-storage').getBoundingClientRect().width).toBeGreaterThan(390);
});
