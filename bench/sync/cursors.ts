import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ID } from 'node-appwrite';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright';
import * as Y from 'yjs';
import { createNodeBackend } from '../../src/backend/node.ts';
import { decodeUpdateRow, isQuarantined } from '../../src/core/codec.ts';
import { fileDocumentId, randomId } from '../../src/core/ids.ts';
import { encodeAwareness, encodePresence } from '../../src/core/presence.ts';
import { TEXT_NAME } from '../../src/core/text.ts';
import type { Undo } from '../support/undo.ts';
import { sleep } from './clock.ts';
import { Stage, type Person, type Setting } from './stage.ts';

export const CURSORS = 50;
/** Each of them moves once in this time. */
const MOVE_MS = 1_000;
/** They are in lines that the page shows. */
const LINES = 20;
const LINE = 'const answer = compute(question, { depth: 3, breadth: 5 });';
const PATIENCE_MS = 30_000;
const SETTLE_MS = 2_000;
const READY = /Cowrite is running at (\S+)/;

/** What a page takes. */
export interface Load {
  /** Milliseconds of processor time a second, of all processes that run pages. */
  readonly cpu: number;
  /** Bytes of JavaScript objects after a collection of garbage. */
  readonly heap: number;
}

export interface Loads {
  readonly alone: Load;
  readonly crowded: Load;
}

interface Place {
  readonly project: string;
  readonly file: string;
}

/** The product's own page in a file, alone and then with everybody's cursor in it. */
export async function crowd(
  setting: Setting,
  context: BrowserContext,
  milliseconds: number,
  undo: Undo,
): Promise<Loads> {
  const { url, apiKey } = await startProduct(setting, undo);
  const page = await context.newPage();
  undo.add(() => page.close());
  const place = await openFile(page, url);
  await page.bringToFront();
  const meter = await Meter.on(page);
  await sleep(SETTLE_MS);
  const alone = await meter.measure(milliseconds);

  const stage = new Stage(url, apiKey);
  const people = await Promise.all(Array.from({ length: CURSORS }, () => stage.person()));
  for (const { id } of people) await stage.join(place.project, id);
  const stop = await moveCursors(url, people, place);
  undo.add(stop);
  await page.waitForFunction((count) => document.querySelectorAll('.yRemoteSelectionHead').length >= count, CURSORS, {
    timeout: PATIENCE_MS,
  });
  await sleep(SETTLE_MS);
  const crowded = await meter.measure(milliseconds);
  return { alone, crowded };
}

/** As `npm start` runs it, on a data folder of its own. */
async function startProduct({ root, dataDir }: Setting, undo: Undo): Promise<{ url: string; apiKey: string }> {
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

/** As a person does for the first time: a guest with a new project and a file of a few lines, open in the editor. */
async function openFile(page: Page, url: string): Promise<Place> {
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await page.getByTestId('guest-name').locator('input').fill('Ana');
  await page.getByTestId('guest-submit').click();
  await page.getByTestId('new-project').first().click();
  await page.getByTestId('name-input').locator('input').fill('Benchmark');
  await page.getByTestId('name-submit').click();
  await page.getByTestId('file-tree').waitFor();
  const buffer = Buffer.from(`${LINE}\n`.repeat(LINES));
  await page.getByTestId('import-input').setInputFiles({ name: 'crowd.js', mimeType: 'text/plain', buffer });
  await page.locator('[data-testid=tree-item][data-path="crowd.js"]').click();
  await page.getByTestId('editor').locator('.view-lines').first().waitFor();
  await page.locator('[data-testid=status][data-status=saved]').waitFor();
  const [, project, file] = /\/p\/([^/]+)\/f\/([^/]+)/.exec(page.url()) ?? [];
  if (project === undefined || file === undefined) throw new Error(`${page.url()} is not the address of a file`);
  return { project, file };
}

/** Puts everybody's presence row again and again, each with a cursor somewhere else; ended by what it resolves to. */
async function moveCursors(url: string, people: readonly Person[], { project, file }: Place): Promise<() => void> {
  const backends = people.map(({ session }) =>
    createNodeBackend({ endpoint: `${url}/v1`, project: 'cowrite', session }),
  );
  const doc = new Y.Doc();
  const id = fileDocumentId(file);
  const read = await backends[0]?.log.list({ project, doc: id }, (rows) => {
    for (const row of rows) {
      const entry = decodeUpdateRow(row, project, id);
      if (!isQuarantined(entry)) Y.applyUpdate(doc, entry.update);
    }
  });
  const text = doc.getText(TEXT_NAME);
  if (read?.ok !== true || text.length === 0) throw new Error('the text of the file cannot be read');

  let problem: string | null = null;
  const timers: ReturnType<typeof setInterval>[] = [];
  for (const [index, { id: author }] of people.entries()) {
    const replica = randomId((count) => crypto.getRandomValues(new Uint8Array(count)));
    const table = backends[index]?.presenceOf(() => author);
    const user = { id: author, name: `Person ${index + 1}`, color: '#336699' };
    let clock = 0;
    const move = async (): Promise<void> => {
      const at = Math.floor(Math.random() * text.length);
      const position: unknown = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, at));
      const state = { user, file, selection: { anchor: position, head: position } };
      const encoded = encodePresence(encodeAwareness({ client: 1_000 + index, clock: clock++, state }));
      const put = await table?.put(replica, project, encoded ?? '');
      if (put?.ok === false) problem ??= put.message;
    };
    await move();
    timers.push(
      setInterval(() => {
        move().catch((error: unknown) => {
          problem ??= String(error);
        });
      }, MOVE_MS),
    );
    // Not all in the same moment.
    await sleep(MOVE_MS / people.length);
  }
  return () => {
    for (const timer of timers) clearInterval(timer);
    if (problem !== null) throw new Error(`a cursor could not be moved: ${problem}`);
  };
}

/** Reads what a page takes, from the browser. */
class Meter {
  readonly #browser: CDPSession;
  readonly #page: CDPSession;

  private constructor(browser: CDPSession, page: CDPSession) {
    this.#browser = browser;
    this.#page = page;
  }

  static async on(page: Page): Promise<Meter> {
    const browser: Browser | null = page.context().browser();
    if (browser === null) throw new Error('the browser cannot be asked');
    return new Meter(await browser.newBrowserCDPSession(), await page.context().newCDPSession(page));
  }

  async measure(milliseconds: number): Promise<Load> {
    const [before, started] = [await this.#processorTime(), performance.now()];
    await sleep(milliseconds);
    const [after, ended] = [await this.#processorTime(), performance.now()];
    await this.#page.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#page.send('Runtime.getHeapUsage');
    return { cpu: ((after - before) * 1_000) / (ended - started), heap: usedSize };
  }

  /** Milliseconds so far. */
  async #processorTime(): Promise<number> {
    const { processInfo } = await this.#browser.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
  }
}
