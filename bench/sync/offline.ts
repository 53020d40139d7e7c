import { fromBase64, toBase64 } from 'lib0/buffer';
import type { BrowserContext } from 'playwright';
import * as Y from 'yjs';
import type { Undo } from '../support/undo.ts';
import { now } from './clock.ts';
import type { PageMember } from './cowrite/page-member.ts';
import type { Seat } from './host.ts';
import { layWire, type Typists } from './pairs.ts';
import { pageHost } from './remote.ts';
import type { Commands, Target } from './replica.ts';
import { memberOf, PASSWORD, twice, type Person, type Stage, type Two } from './stage.ts';

/** Edits that each of the two makes offline. */
export const OFFLINE_EDITS = 5_000;
/** Edits that both have before. */
const BEFORE = 500;
const PATIENCE_MS = 120_000;

/** Cowrite in a page of each of two browsers, with IndexedDB on disk. */
export async function openInPages(
  stage: Stage,
  people: Two<Person>,
  browsers: Two<BrowserContext>,
  undo: Undo,
): Promise<Typists> {
  const project = await stage.project(people);
  const wires = await twice(() => layWire(stage.url, undo));
  const replicas = await twice(async (index) => {
    // Cookies are of the host, whatever the port: an earlier page has left its session.
    await browsers[index].clearCookies();
    const page = await browsers[index].newPage();
    undo.add(() => page.close());
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${wires[index].url}/cowrite.html`);
    const { email } = people[index];
    const options: PageMember & Seat = { ...memberOf(project, people, index), email, password: PASSWORD };
    return pageHost(page).open(options);
  });
  return { replicas, wires };
}

/**
 * From the network's return until both hold both sides' edits and say, where they can, that all is saved: in
 * milliseconds.
 *
 * @param round makes the edits others than in other rounds
 */
export async function merge({ replicas, wires }: Typists, round: number): Promise<number> {
  const edit = (replica: Commands | undefined, count: number, seed: number): Promise<{ update: string }> => {
    if (replica === undefined) throw new Error('two are needed');
    return replica.edit({ count, seed: 10 * round + seed });
  };
  const before = await edit(replicas[0], BEFORE, 0);
  await arrived(replicas, targetOf([before.update]));
  for (const wire of wires) wire.cut();
  const updates = await Promise.all(replicas.map((replica, index) => edit(replica, OFFLINE_EDITS, 1 + index)));
  const target = targetOf(updates.map(({ update }) => update));
  const back = now();
  for (const wire of wires) wire.mend();
  await Promise.all(replicas.map((replica) => replica.nudge()));
  const settled = await arrived(replicas, target);
  return Math.max(...settled) - back;
}

function arrived(replicas: readonly Commands[], target: Target): Promise<number[]> {
  return Promise.all(replicas.map((replica) => replica.settle({ target, patience: PATIENCE_MS })));
}

/** What has to come out where all of this is merged. */
function targetOf(updates: readonly string[]): Target {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdateV2(doc, fromBase64(update));
  const target = { snapshot: toBase64(Y.encodeSnapshot(Y.snapshot(doc))), length: doc.getText('text').length };
  doc.destroy();
  return target;
}
