/** Where Monaco's workers come from, when they start, and how they are there without a network. */
// oxlint-disable import/default -- Vite makes these: the addresses of the bundled workers.
import cssWorkerUrl from './workers/css.worker.ts?worker&url';
import editorWorkerUrl from './workers/editor.worker.ts?worker&url';
import htmlWorkerUrl from './workers/html.worker.ts?worker&url';
import jsonWorkerUrl from './workers/json.worker.ts?worker&url';
import typescriptWorkerUrl from './workers/typescript.worker.ts?worker&url';
// oxlint-enable import/default
import { whenStarted } from './workers/started.ts';

/** What a worker is for; `editor` serves every text, the others know a language. */
export type WorkerKind = 'editor' | 'css' | 'html' | 'json' | 'typescript';

const URLS: Readonly<Record<WorkerKind, string>> = {
  editor: editorWorkerUrl,
  css: cssWorkerUrl,
  html: htmlWorkerUrl,
  json: jsonWorkerUrl,
  typescript: typescriptWorkerUrl,
};

/** Monaco asks by language. */
const KINDS: Readonly<Record<string, WorkerKind>> = {
  css: 'css',
  scss: 'css',
  less: 'css',
  html: 'html',
  handlebars: 'html',
  razor: 'html',
  json: 'json',
  javascript: 'typescript',
  typescript: 'typescript',
};

/**
 * Several megabytes together: the service worker does not fetch these with the app, but keeps them in this cache when they
 * are first used (vite.config.ts); `keepLanguageWorkers` puts them there for those who go offline before.
 */
const LARGE: readonly WorkerKind[] = ['typescript', 'css', 'html'];
const LANGUAGE_CACHE = 'cowrite-languages';

/** After an editor has opened, the network is left alone for so long. */
const REST_MS = 10_000;
const LONGEST_REST_MS = 5 * 60_000;
const LONGEST_IDLE_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 30_000;

/** Opening, catching up and the first keys come before what a language has to say about them. */
const OPENING_MS = 5_000;

/** For Monaco's own services. A large one waits until the page has nothing better to do. */
export async function workerForLabel(label: string): Promise<Worker> {
  const kind = Object.hasOwn(KINDS, label) ? (KINDS[label] ?? 'editor') : 'editor';
  if (LARGE.includes(kind)) {
    await new Promise((resolve) => setTimeout(resolve, OPENING_MS));
    await idle();
  }
  return startWorker(kind);
}

/**
 * A worker that runs, as soon as its script can be had: without a network Monaco would do without it until the page is
 * loaded again, and throw an error that says nothing. Rejects only if `signal` is aborted before.
 */
export async function startWorker(kind: WorkerKind, signal?: AbortSignal): Promise<Worker> {
  for (let wait = 1_000; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    signal?.throwIfAborted();
    const worker = new Worker(URLS[kind], { type: 'module' });
    try {
      await whenStarted(worker);
      return worker;
    } catch {
      // No network: it is tried again.
      worker.terminate();
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Whether the script of a worker is on this device or can be fetched now. */
export function hasWorker(kind: WorkerKind): Promise<boolean> {
  return isReachable(URLS[kind]);
}

/**
 * Looks for the editor's worker while there is a network, and, when the page has been quiet for a while, fetches those of
 * the languages, so that they work without one. Resolves when that is done, however often it takes to try; a device that
 * saves data is spared.
 */
export async function keepWorkers(): Promise<void> {
  await isReachable(URLS.editor);
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (!import.meta.env.PROD || !('caches' in globalThis) || connection?.saveData === true) return;
  for (let rest = REST_MS; ; rest = Math.min(LONGEST_REST_MS, rest * 2)) {
    await new Promise((resolve) => setTimeout(resolve, rest));
    await idle();
    try {
      return await fillCache();
    } catch (error) {
      // A network that went away comes back; a full disk does not get emptier by trying.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

/** Rejects with a TypeError where there is no network, and with what the browser says where there is no room. */
async function fillCache(): Promise<void> {
  const cache = await caches.open(LANGUAGE_CACHE);
  const urls = LARGE.map((kind) => new URL(URLS[kind], location.href).href);
  for (const known of await cache.keys()) if (!urls.includes(known.url)) await cache.delete(known);
  for (const url of urls) if ((await cache.match(url)) === undefined) await cache.add(url);
}

function idle(): Promise<unknown> {
  if (!('requestIdleCallback' in globalThis)) return new Promise((resolve) => setTimeout(resolve, 200));
  return new Promise((resolve) => requestIdleCallback(resolve, { timeout: LONGEST_IDLE_WAIT_MS }));
}

async function isReachable(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    // Read to its end: the browser has all of it then.
    await response.blob();
    return response.ok;
  } catch {
    return false;
  }
}
