import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ID } from 'node-appwrite';
import type { BrowserContext, Page } from 'playwright';
import type { Undo } from '../support/undo.ts';
import type { Setting } from './stage.ts';

/** How long a page may take for what it is asked. */
export const PATIENCE_MS = 30_000;
const READY = /Cowrite is running at (\S+)/;

/** The product as `npm start` runs it. */
export interface Product {
  readonly url: string;
  readonly apiKey: string;
}

/** On a data folder of its own. */
export async function startProduct({ root, dataDir }: Setting, undo: Undo): Promise<Product> {
  const folder = join(dataDir, 'product');
  mkdirSync(folder);
  const args = ['src/cli/start.mjs', '--port', '0', '--no-demo', '--data', folder];
  const apiKey = ID.unique();
  const env = { ...process.env, COWRITE_API_KEY: apiKey };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  undo.add(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString();
      const found = READY.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${output}`)));
  });
  return { url, apiKey };
}

/** Where a page is in the product. */
export interface Place {
  readonly project: string;
  readonly file: string;
}

/** Opens a page of the product and continues as a guest; resolves on the dashboard. */
export async function arrive(browser: BrowserContext, url: string, name: string, undo: Undo): Promise<Page> {
  // Cookies are of the host, whatever the port: an earlier page has left its session.
  await browser.clearCookies();
  const page = await browser.newPage();
  undo.add(() => page.close());
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => console.error(error));
  await page.goto(url);
  await page.getByTestId('guest-name').locator('input').fill(name);
  await page.getByTestId('guest-submit').click();
  await page.getByTestId('new-project').first().waitFor();
  return page;
}

/** From the dashboard: a new project with one file, open in the editor. */
export async function createFile(page: Page, path: string, content: string): Promise<Place> {
  await page.getByTestId('new-project').first().click();
  await page.getByTestId('name-input').locator('input').fill('Benchmark');
  await page.getByTestId('name-submit').click();
  await page.getByTestId('file-tree').waitFor();
  const buffer = Buffer.from(content);
  await page.getByTestId('import-input').setInputFiles({ name: path, mimeType: 'text/plain', buffer });
  await openFile(page, path);
  const [, project, file] = /\/p\/([^/]+)\/f\/([^/]+)/.exec(page.url()) ?? [];
  if (project === undefined || file === undefined) throw new Error(`${page.url()} is not the address of a file`);
  return { project, file };
}

/** In a project: resolves when the file is shown and everything is saved. */
export async function openFile(page: Page, path: string): Promise<void> {
  await page.locator(`[data-testid=tree-item][data-path="${path}"]`).click();
  await page.getByTestId('editor').locator('.view-lines').first().waitFor();
  await page.locator('[data-testid=status][data-status=saved]').waitFor();
}
