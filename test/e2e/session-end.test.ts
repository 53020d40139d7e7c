import { expect, it, vi } from 'vitest';
import { Visitor } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';
import { endSessions, storedText } from '../helpers/stored-text.ts';

const stage = useStage();
const PATIENCE = { timeout: 20_000, interval: 50 };
const EMAIL = 'ana@example.com';
const PASSWORD = 'correct horse';

it('[P16] [LOCAL-4] a session that ends with edits on their way keeps them, and sends them after signing in again', async () => {
  const ana = await Visitor.arrive(stage.browser);
  const tab = await ana.open(stage.product.url);
  const fill = (id: string, text: string): Promise<void> => tab.byId(id).locator('input').fill(text);
  await tab.byId('to-sign-up').click();
  await fill('account-name', 'Ana');
  await fill('account-email', EMAIL);
  await fill('account-password', PASSWORD);
  await tab.byId('account-submit').click();
  await tab.createProject('Session');
  await tab.createFile('main.ts');
  await tab.focusEditor();
  await tab.type('before, ');
  await tab.waitForStatus('saved');

  await ana.context.setOffline(true);
  await tab.type('between, ');
  await tab.waitForStatus('offline');
  await endSessions(stage.product, EMAIL);
  await ana.context.setOffline(false);
  await tab.byId('session-ended').waitFor();
  await tab.waitForStatus('failed');
  await tab.focusEditor();
  await tab.press('Control+End');
  await tab.type('after.');
  await tab.waitForText('before, between, after.');
  expect(await storedText(stage.product, tab.page.url())).toBe('before, ');

  await fill('session-password', PASSWORD);
  await tab.byId('session-sign-in').click();
  await tab.byId('session-ended').waitFor({ state: 'detached' });
  await tab.waitForStatus('saved');
  await vi.waitFor(
    async () => expect(await storedText(stage.product, tab.page.url())).toBe('before, between, after.'),
    PATIENCE,
  );
  expect(tab.errors).toEqual([]);
  await ana.leave();
});
