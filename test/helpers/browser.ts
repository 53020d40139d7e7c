import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { expect, vi } from 'vitest';
import { CHROMIUM, CHROMIUM_FLAGS } from './chromium.ts';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
}

/** How long a test waits for something that has to come. */
const PATIENCE = { timeout: 30_000, interval: 50 };

/** One tab of somebody, as a test drives it. */
export class Tab {
  readonly page: Page;
  /** Errors that the page did not expect. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE.timeout);
    page.on('pageerror', (error) => this.errors.push(`${error.name}: ${error.message}\n${error.stack ?? ''}`));
  }

  byId(id: string) {
    return this.page.getByTestId(id);
  }

  /** Closes the tab as a person does: the page is told, as with Ctrl+W. */
  async close(): Promise<void> {
    const closed = this.page.waitForEvent('close');
    // The browser asks in the moment before an edit is on the device; the person closes all the same.
    this.page.on('dialog', (dialog) => {
      dialog.accept().catch((error: unknown) => this.errors.push(String(error)));
    });
    await this.page.close({ runBeforeUnload: true });
    await closed;
  }

  async continueAsGuest(name: string): Promise<void> {
    await this.byId('guest-name').locator('input').fill(name);
    await this.byId('guest-submit').click();
  }

  /** From the dashboard; resolves when the project is open. */
  async createProject(name: string): Promise<void> {
    await this.byId('new-project').first().click();
    await this.byId('name-input').locator('input').fill(name);
    await this.byId('name-submit').click();
    await this.byId('file-tree').waitFor();
  }

  async createFile(name: string): Promise<void> {
    await this.byId('new-file').first().click();
    await this.byId('tree-name-input').fill(name);
    await this.byId('tree-name-input').press('Enter');
    await this.waitForEditor();
  }

  async openFile(path: string): Promise<void> {
    await this.page.locator(`[data-testid=tree-item][data-path="${path}"]`).click();
    await this.waitForEditor();
  }

  async waitForEditor(): Promise<void> {
    await this.byId('editor').locator('.view-lines').first().waitFor();
  }

  /** Makes a link to join the project, as the Share button gives it. */
  async invite(role: 'editor' | 'reviewer' | 'viewer' = 'editor'): Promise<string> {
    await this.byId('share').click();
    await this.byId('link-create').waitFor();
    if (role !== 'editor') await this.choose('link-role', role);
    await this.byId('link-create').click();
    const input = this.byId('share-link').locator('input');
    await vi.waitFor(async () => expect(await input.inputValue()).toContain('/join/'), PATIENCE);
    const link = await input.inputValue();
    await this.page.keyboard.press('Escape');
    await input.waitFor({ state: 'hidden' });
    return link;
  }

  /** Chooses an option of a select by its value. */
  async choose(select: string, value: string): Promise<void> {
    await this.byId(select).first().click();
    await this.byId(select).first().locator(`wa-option[value="${value}"]`).click();
  }

  async focusEditor(): Promise<void> {
    await this.byId('editor').locator('.view-lines').first().click();
  }

  /** Puts a line in at the end of the text, as one edit, and waits until it is stored. */
  async addLine(line: string): Promise<void> {
    await this.focusEditor();
    await this.press('Control+End');
    await this.page.keyboard.insertText(`${line}\n`);
    await this.waitForStatus('saved');
  }

  /** Puts the cursor into a line, from 1, and selects all of it. */
  async selectLine(line: number): Promise<void> {
    await this.focusEditor();
    await this.press('Control+Home');
    for (let at = 1; at < line; at++) await this.press('ArrowDown');
    await this.press('Shift+End');
  }

  async showHistory(): Promise<void> {
    if ((await this.byId('panel-history').count()) === 0) await this.byId('toggle-history').click();
    await this.byId('panel-history').waitFor();
  }

  /** The network of all tabs of this person goes away, or comes back. */
  setOffline(offline: boolean): Promise<void> {
    return this.page.context().setOffline(offline);
  }

  /** Types as a person does, key by key. */
  async type(text: string, delay = 0): Promise<void> {
    await this.page.keyboard.type(text, { delay });
  }

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }

  /** What Monaco shows. */
  text(): Promise<string> {
    return this.page.evaluate(
      () => (document.querySelector('cw-code') as (Element & { readText(): string | null }) | null)?.readText() ?? '',
    );
  }

  async status(): Promise<string> {
    return (await this.byId('status').getAttribute('data-status')) ?? '';
  }

  async waitForStatus(...statuses: string[]): Promise<void> {
    await vi.waitFor(async () => expect(await this.status()).toBeOneOf(statuses), PATIENCE);
  }

  async waitForText(expected: string | RegExp): Promise<void> {
    await vi.waitFor(async () => {
      const text = await this.text();
      if (typeof expected === 'string') expect(text).toBe(expected);
      else expect(text).toMatch(expected);
    }, PATIENCE);
  }
}

/** Somebody with a browser profile of their own. */
export class Visitor {
  readonly context: BrowserContext;

  private constructor(context: BrowserContext) {
    this.context = context;
  }

  static async arrive(browser: Browser): Promise<Visitor> {
    return new Visitor(await browser.newContext({ viewport: { width: 1280, height: 800 } }));
  }

  async open(url: string): Promise<Tab> {
    const tab = new Tab(await this.context.newPage());
    await tab.page.goto(url);
    return tab;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** Waits until all tabs show the same text and everything is stored; returns the text. */
export async function settled(...tabs: Tab[]): Promise<string> {
  await vi.waitFor(
    async () => {
      const [first = '', ...others] = await Promise.all(tabs.map((tab) => tab.text()));
      for (const text of others) expect(text).toBe(first);
      for (const tab of tabs) expect(await tab.status()).toBe('saved');
    },
    { timeout: 60_000, interval: 100 },
  );
  return tabs[0]?.text() ?? '';
}
