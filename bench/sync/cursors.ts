import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright';
import * as Y from 'yjs';
import { createNodeBackend } from '../../src/backend/node.ts';
import { decodeUpdateRow, isQuarantined } from '../../src/core/codec.ts';
import { fileDocumentId, randomId } from '../../src/core/ids.ts';
import { encodeAwareness, encodePresence } from '../../src/core/presence.ts';
import { TEXT_NAME } from '../../src/core/text.ts';
import { launchProfile } from '../support/chromium.ts';
import type { Undo } from '../support/undo.ts';
import { sleep } from './clock.ts';
import { arrive, createFile, PATIENCE_MS, type Place, type Product } from './product.ts';
import { Stage, type Person, type Setting } from './stage.ts';

export const CURSORS = 50;
/** Each of them moves once in this time. */
const MOVE_MS = 1_000;
/** They are in lines that the page shows. */
const LINES = 20;
const LINE = 'const answer = compute(question, { depth: 3, breadth: 5 });';
const SETTLE_MS = 2_000;
/** A page that has started takes less than this in one look, in milliseconds. */
const QUIET_MS = 10;
const LOOK_MS = 500;

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

/** The product's own page in a file, alone and then with everybody's cursor in it. */
export async function crowd(
  { dataDir }: Setting,
  { url, apiKey }: Product,
  milliseconds: number,
  undo: Undo,
): Promise<Loads> {
  // A browser of its own: its processor time is counted as a whole.
  const browser = await launchProfile(join(dataDir, 'profile-crowd'));
  undo.add(() => browser.close());
  const page = await arrive(browser, url, 'Ana', undo);
  const place = await createFile(page, 'crowd.js', `${LINE}\n`.repeat(LINES));
  await page.bringToFront();
  const meter = await Meter.on(page);
  await meter.quiet();
  const alone = await meter.measure(milliseconds);

  const stage = new Stage(url, apiKey);
  const people = await Promise.all(Array.from({ length: CURSORS }, () => stage.person()));
  for (const { id } of people) await stage.join(place.project, id);
  const stop = await moveCursors(url, people, place);
  undo.add(stop);
  await page.waitForFunction((count) => document.querySelectorAll('.yRemoteSelectionHead').length >= count, CURSORS);
  await sleep(SETTLE_MS);
  const crowded = await meter.measure(milliseconds);
  return { alone, crowded };
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

  /** Resolves when the page has nothing more to do for its start. */
  async quiet(): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (let before = -Infinity; ;) {
      const now = await this.#processorTime();
      if (now - before < QUIET_MS || performance.now() > end) return;
      before = now;
      await sleep(LOOK_MS);
    }
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
