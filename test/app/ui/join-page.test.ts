import { afterEach, describe, expect, it } from 'vitest';
import '../../../src/app/share/join-page.ts';
import type { JoinPage } from '../../../src/app/share/join-page.ts';
import { failure, success, type FailureKind } from '../../../src/core/failures.ts';
import { FakeApp } from './fake-app.ts';
import { byTestId, FakeNavigation, hasTestId, mount, unmountAll, until } from './support.ts';

afterEach(unmountAll);

async function open(answer: FakeApp['joinAnswer']): Promise<{ app: FakeApp; router: FakeNavigation; page: JoinPage }> {
  const app = new FakeApp();
  app.joinAnswer = answer;
  const router = new FakeNavigation({ page: 'join', token: 'tok' });
  const page = document.createElement('cw-join');
  page.app = app;
  page.router = router;
  page.token = 'tok';
  await mount(page);
  return { app, router, page };
}

describe('an invite link', () => {
  it('leads into the project, and the back button does not come back to it', async () => {
    const { app, router } = await open(success({ project: 'p9', role: 'editor' }));
    await until(() => router.replaced.length > 0);
    expect(app.calls).toEqual(['join tok']);
    expect(router.replaced).toEqual([{ page: 'project', project: 'p9', file: null }]);
  });

  const kinds: readonly (readonly [FailureKind, string, string, boolean])[] = [
    ['not-found', 'This invite link does not work', 'unknown or no longer valid', false],
    ['forbidden', 'This invite link does not work', 'the reason', false],
    ['rejected', 'This invite link does not work', 'the reason', false],
    ['offline', 'You are offline', 'needs a connection', true],
    ['rate-limited', 'You could not join just now', 'the reason', true],
    ['server', 'You could not join just now', 'the reason', true],
    ['unauthenticated', 'You are not signed in', 'the reason', false],
  ];

  it.each(kinds)('says clearly what is wrong: %s', async (kind, title, sentence, canRetry) => {
    await open(failure(kind, 'the reason'));
    await until(() => hasTestId('join-problem'));
    const page = byTestId('join-problem');
    expect(page.querySelector('h1')?.textContent).toBe(title);
    expect(page.querySelector('[role="alert"]')?.textContent).toContain(sentence);
    expect(hasTestId('join-retry', page)).toBe(canRetry);
    expect(page.querySelector('a')?.getAttribute('href')).toBe('/');
  });

  it('can be tried again', async () => {
    const { app, router } = await open(failure('offline', 'no network'));
    await until(() => hasTestId('join-retry'));
    app.joinAnswer = success({ project: 'p9', role: 'editor' });
    byTestId('join-retry').click();
    await until(() => router.replaced.length > 0);
    expect(app.calls).toEqual(['join tok', 'join tok']);
  });

  it('leads nowhere once the page has been left', async () => {
    const app = new FakeApp();
    const { promise, resolve } = Promise.withResolvers<FakeApp['joinAnswer']>();
    app.join = () => promise;
    const router = new FakeNavigation();
    const page = document.createElement('cw-join');
    Object.assign(page, { app, router, token: 'tok' });
    await mount(page);
    page.remove();
    resolve(success({ project: 'p9', role: 'editor' }));
    await promise;
    await Promise.resolve();
    expect(router.replaced).toEqual([]);
  });
});
