import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';
import { storedText } from '../helpers/stored-text.ts';

const stage = useStage();
const PATIENCE = { timeout: 20_000, interval: 50 };
let ana: Visitor;

beforeEach(async () => {
  ana = await Visitor.arrive(stage.browser);
});
afterEach(async () => {
  await ana.leave();
});

async function openFile(): Promise<Tab> {
  const tab = await ana.open(stage.product.url);
  await tab.continueAsGuest('Ana');
  await tab.createProject('Storage');
  await tab.createFile('main.ts');
  await tab.focusEditor();
  return tab;
}

const stored = (address: string, text: string): Promise<void> =>
  vi.waitFor(async () => expect(await storedText(stage.product, address)).toBe(text), PATIENCE);

/** As in a private window of some browsers: every way to open a database is refused. */
function block(): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
}

describe('a device that keeps nothing', () => {
  it('[P47] [LOCAL-2] storage that is blocked is said, and edits go to the server', async () => {
    await ana.context.addInitScript(block);
    const tab = await openFile();
    await tab.waitForStatus('not-on-this-device');
    await tab.type('still here');
    await stored(tab.page.url(), 'still here');
    await tab.waitForStatus('not-on-this-device');
    await vi.waitFor(async () => expect(await tab.byId('status').getAttribute('data-pending')).toBe('0'), PATIENCE);
    await tab.page.reload();
    await tab.waitForText('still here');
    expect(tab.errors).toEqual([]);
  });

  it('[P47] what is typed right up to the end of the page is handed to the browser', async () => {
    await ana.context.addInitScript(block);
    const tab = await openFile();
    await tab.type('one ');
    const address = tab.page.url();
    await stored(address, 'one ');
    tab.page.on('dialog', (dialog) => {
      dialog.accept().catch((error: unknown) => tab.errors.push(String(error)));
    });
    // The row is on its way and gets no answer, so nothing but the end of the page can send it again.
    let leaving = false;
    await ana.context.route('**/tables/updates/rows', (route) => (leaving ? route.continue() : undefined));
    // At one blow, so that it is one row.
    await tab.page.keyboard.insertText('two');
    leaving = true;
    await tab.page.goto('about:blank');
    await stored(address, 'one two');
    expect(tab.errors).toEqual([]);
  });

  it('[P47] [LOCAL-2] a full disk is said, edits go to the server, and all is well when there is room again', async () => {
    const page = await ana.context.newPage();
    const devtools = await ana.context.newCDPSession(page);
    const origin = new URL(stage.product.url).origin;
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    const tab = await openFile();
    await tab.waitForStatus('not-on-this-device');
    await tab.type('no room');
    await stored(tab.page.url(), 'no room');
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    await tab.type('!');
    await tab.waitForStatus('saved');
    // Without the server the page has nothing but what the device kept.
    await ana.context.route('**/v1/**', (route) => route.abort());
    await tab.page.reload();
    await tab.waitForText('no room!');
    expect(tab.errors).toEqual([]);
  });
});
