import { join } from 'node:path';
import { fromBase64, toBase64 } from 'lib0/buffer';
import type { BrowserContext } from 'playwright';
import * as Y from 'yjs';
import type { Undo } from '../support/undo.ts';
import { now } from './clock.ts';
import type { PageMember } from './cowrite/page.ts';
import { layWire, openPair, type Pair } from './pairs.ts';
import { nodeHost, pageHost } from './remote.ts';
import type { Target } from './replica.ts';
import { memberOf, PASSWORD, twice, type Person, type Setting, type Stage, type Two } from './stage.ts';

/** Edits that each of the two makes offline. */
export const OFFLINE_EDITS = 5_000;
/** Edits that both have before. */
const BEFORE = 2_000;
const PATIENCE_MS = 120_000;

/** In processes of Node, with the outbox in memory: milliseconds of each round. */
export async function offlineInNode(
  setting: Setting,
  stage: Stage,
  people: Two<Person>,
  rounds: number,
  undo: Undo,
): Promise<number[]> {
  const path = join(setting.built, 'bundled/cowrite.js');
  const hosts = await twice(() => Promise.resolve(nodeHost('a replica of Cowrite', path, undo)));
  return repeat(rounds, undo, (inner) => openPair(stage, { people, hosts }, inner));
}

/** In a page of each of two browsers, with IndexedDB on disk. */
export function offlineInPages(
  stage: Stage,
  people: Two<Person>,
  browsers: Two<BrowserContext>,
  rounds: number,
  undo: Undo,
): Promise<number[]> {
  return repeat(rounds, undo, async (inner) => {
    const project = await stage.project(people);
    const wires = await twice(() => layWire(stage.url, inner));
    const replicas = await twice(async (index) => {
      const page = await browsers[index].newPage();
      inner.add(() => page.close());
      page.on('pageerror', (error) => console.error(error));
      await page.goto(`${wires[index].url}/cowrite.html`);
      const { email } = people[index];
      const options: PageMember = { ...memberOf(project, people, index), email, password: PASSWORD };
      return pageHost(page).open(options);
    });
    return { replicas, wires };
  });
}

async function repeat(rounds: number, undo: Undo, open: (undo: Undo) => Promise<Pair>): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    samples.push(await undo.scope(async (inner) => merge(await open(inner), round)));
  }
  return samples;
}

/** From the network's return until both hold both sides' edits and say that all is saved. */
async function merge({ replicas, wires }: Pair, round: number): Promise<number> {
  const seeds = [1 + 3 * round, 2 + 3 * round] as const;
  const before = await replicas[0].edit({ count: BEFORE, seed: 3 + 3 * round });
  await arrived(replicas, targetOf([before.update]));
  for (const wire of wires) wire.cut();
  const updates = await twice((index) => replicas[index].edit({ count: OFFLINE_EDITS, seed: seeds[index] }));
  const target = targetOf(updates.map(({ update }) => update));
  const back = now();
  for (const wire of wires) wire.mend();
  await twice((index) => replicas[index].nudge());
  const settled = await arrived(replicas, target);
  return Math.max(...settled) - back;
}

function arrived(replicas: Pair['replicas'], target: Target): Promise<Two<number>> {
  return twice((index) => replicas[index].settle({ target, patience: PATIENCE_MS }));
}

/** What has to come out where all of this is merged. */
function targetOf(updates: readonly string[]): Target {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdateV2(doc, fromBase64(update));
  const target = { snapshot: toBase64(Y.encodeSnapshot(Y.snapshot(doc))), length: doc.getText('text').length };
  doc.destroy();
  return target;
}
