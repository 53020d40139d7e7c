/**
 * `npm run bench -- sync`: how fast replicas come together again after time offline and after losses of the network,
 * what typing costs, and how soon others see it under the rate limits of Appwrite Cloud.
 */
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { launchProfile } from '../support/chromium.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { load } from '../support/machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo, type Undo } from '../support/undo.ts';
import { SPEEDS, typeUnderLimits, type Speed, type Typed } from './cloud.ts';
import { crowd } from './cursors.ts';
import { killSockets, loseEvents, type HealPlan } from './heal.ts';
import { costOf, PACE, type Cost, type Costs } from './keystrokes.ts';
import { available, measured, together, type Measured } from './measured.ts';
import { merge, openInPages } from './offline.ts';
import { openPair, type Pair, type Typists } from './pairs.ts';
import type { OpenRoom } from './peers.ts';
import { startProduct, type Product } from './product.ts';
import { startProducts, type Rooms } from './products.ts';
import { nodeHost, type RemoteHost } from './remote.ts';
import { OFFLINE, report, type OfflineKey } from './report.ts';
import { openStage, twice, type Person, type Setting, type Stage, type Two } from './stage.ts';
import { typeInEditor } from './typing.ts';

interface Plan {
  readonly offlineRounds: number;
  /** Pairs that lose events, and as many whose sockets die. */
  readonly pairs: number;
  readonly heal: HealPlan;
  /** Of each who types. */
  readonly keystrokes: number;
  /** How long people type under the limits of Appwrite Cloud, in milliseconds. */
  readonly cloud: number;
  /** How long a page is watched. */
  readonly page: number;
}

const FULL: Plan = {
  offlineRounds: 5,
  pairs: 10,
  heal: { rounds: 3, rest: 10_000, phase: 20_000, replaced: true },
  keystrokes: 400,
  cloud: 150_000,
  page: 15_000,
};
const QUICK: Plan = {
  offlineRounds: 1,
  pairs: 10,
  heal: { rounds: 1, rest: 8_000, phase: 3_000, replaced: false },
  keystrokes: 40,
  cloud: 12_000,
  page: 3_000,
};

interface Run {
  readonly setting: Setting;
  readonly plan: Plan;
  /** As `npm start` runs it. */
  readonly product: Measured<Product>;
  /** The embedded server without rate limits. */
  readonly stage: Stage;
  readonly people: Two<Person>;
  readonly browsers: Measured<Two<BrowserContext>>;
  readonly rooms: Rooms;
}

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const setting: Setting = { ...options, dataDir: temporaryFolder(options.built, undo) };
    const plan = options.quick ? QUICK : FULL;
    const busy = load();
    const [product, browsers, stage] = await Promise.all([
      measured(() => startProduct(setting, undo)),
      measured(() => openBrowsers(setting, undo)),
      openStage(setting, 'off', undo),
    ]);
    const people = await twice(() => stage.person());
    const rooms = await startProducts(setting, stage, people, undo);
    const run: Run = { setting, plan, product, stage, people, browsers, rooms };

    // Waiting for dead sockets to be noticed keeps nobody busy, so the rest goes on beside it.
    const killing = await startKilling(run, undo);
    const offline = await mergeOffline(run, undo);
    const losing = loseSingleEvents(run, undo);
    if (!options.quick) await losing;
    const [lost, typed] = await Promise.all([losing, typeAndWatch(run, undo)]);
    const dead = await killing.end;
    return report({
      offline,
      lost,
      dead,
      ...typed,
      chromium: browsers.value?.[0].browser()?.version() ?? null,
      quick: options.quick,
      load: busy,
    });
  });
}

async function openBrowsers({ dataDir }: Setting, undo: Undo): Promise<Two<BrowserContext>> {
  return twice(async (index) => {
    const context = await launchProfile(join(dataDir, `profile-${index}`));
    undo.add(() => context.close());
    return context;
  });
}

/** Cowrite in Chromium and all products in Node take turns. */
async function mergeOffline(run: Run, undo: Undo): Promise<Record<OfflineKey, Measured<readonly number[]>>> {
  const { plan, setting } = run;
  setting.say(`Two replicas offline, ${plan.offlineRounds} rounds`);
  const open = (key: OfflineKey, round: number, inner: Undo): Promise<Typists> => {
    if (key === 'page') return openInPages(run.stage, run.people, available(run.browsers), inner);
    return available(run.rooms[key])({ name: `offline ${round}`, size: 2 }, inner);
  };
  const times = new Map<OfflineKey, Measured<number>[]>(OFFLINE.map((key) => [key, []]));
  for (let round = 0; round < plan.offlineRounds; round++) {
    // Each round begins with another one.
    const turns = [...times];
    for (const [key, found] of [...turns.slice(round % turns.length), ...turns.slice(0, round % turns.length)]) {
      found.push(await measured(() => undo.scope(async (inner) => merge(await open(key, round, inner), round))));
    }
  }
  return Object.fromEntries([...times].map(([key, found]) => [key, together(found)])) as Record<
    OfflineKey,
    Measured<readonly number[]>
  >;
}

/** Resolves when all pairs are open; `end` is what comes of it. */
async function startKilling(run: Run, undo: Undo) {
  run.setting.say(`Dead sockets, ${run.plan.pairs} pairs`);
  const pairs = await measured(() => openPairs(run, undo));
  const end = pairs.value === null ? Promise.resolve(pairs) : measured(() => killSockets(pairs.value, run.plan.heal));
  return { end };
}

function loseSingleEvents(run: Run, undo: Undo) {
  run.setting.say(`Lost events, ${run.plan.pairs} pairs`);
  return measured(async () => loseEvents(await openPairs(run, undo), run.plan.heal));
}

function openPairs({ setting, plan, stage, people }: Run, undo: Undo): Promise<Pair[]> {
  const host = replicas(setting, undo);
  const open = () => openPair(stage, { people, hosts: [host, host] }, undo);
  return Promise.all(Array.from({ length: plan.pairs }, open));
}

async function typeAndWatch(run: Run, undo: Undo) {
  const { setting, plan, product, browsers, rooms } = run;
  setting.say(`Typing, ${plan.keystrokes} keystrokes, and ${plan.cloud / 1_000} s under the limits of Appwrite Cloud`);
  const [cowrite, ywebsocket, hocuspocus, cloud, page] = await Promise.all([
    measured(() =>
      undo.scope((inner) => typeInEditor(available(product), available(browsers), plan.keystrokes, inner)),
    ),
    measured(() => typeInNode(available(rooms.ywebsocket), plan.keystrokes, undo)),
    measured(() => typeInNode(available(rooms.hocuspocus), plan.keystrokes, undo)),
    typeInTheCloud(run, undo),
    measured(() => undo.scope((inner) => crowd(setting, available(product), plan.page, inner))),
  ]);
  return { costs: { cowrite, ywebsocket, hocuspocus }, cloud, page };
}

/** A peer: what is counted is the same in a page. */
async function typeInNode(open: OpenRoom, count: number, undo: Undo): Promise<Costs> {
  const cost = async (size: 1 | 2): Promise<Cost> => {
    const { replicas, wires } = await open({ name: `typing ${size}`, size }, undo);
    const type = (keys: number) => Promise.all(replicas.map((replica) => replica.type({ count: keys, pace: PACE })));
    return costOf(wires, count, type);
  };
  return { solo: await cost(1), pair: await cost(2) };
}

/** A pair for each speed, all at once: limits count for each user. */
async function typeInTheCloud({ setting, plan }: Run, undo: Undo): Promise<Record<Speed, Measured<Typed>>> {
  const stage = await openStage(setting, 'appwrite', undo);
  const host = replicas(setting, undo);
  const type = async (speed: Speed): Promise<Typed> => {
    const people = await twice(() => stage.person());
    const pair = await openPair(stage, { people, hosts: [host, host], profile: 'cloud' }, undo);
    return typeUnderLimits(pair, speed, plan.cloud);
  };
  const all = await Promise.all(SPEEDS.map(async (speed) => [speed, await measured(() => type(speed))] as const));
  return Object.fromEntries(all) as Record<Speed, Measured<Typed>>;
}

function replicas({ built }: Setting, undo: Undo): RemoteHost {
  return nodeHost('replicas of Cowrite', join(built, 'bundled/cowrite.js'), undo);
}
