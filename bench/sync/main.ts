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
import { costOf, type Typists } from './keystrokes.ts';
import { measured, type Measured } from './measured.ts';
import { offlineInNode, offlineInPages } from './offline.ts';
import { layWire, openInNode, openPair, type Pair } from './pairs.ts';
import { startHocuspocus, startYWebsocket, type OpenRoom } from './peers.ts';
import { nodeHost, type RemoteHost } from './remote.ts';
import { PRODUCTS, report, type Costs, type ProductKey } from './report.ts';
import { memberOf, openStage, twice, type Person, type Setting, type Stage, type Two } from './stage.ts';

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
  heal: { rounds: 3, phase: 20_000 },
  keystrokes: 600,
  cloud: 150_000,
  page: 15_000,
};
const QUICK: Plan = {
  offlineRounds: 1,
  pairs: 10,
  heal: { rounds: 1, phase: 3_000 },
  keystrokes: 80,
  cloud: 12_000,
  page: 3_000,
};

interface Run {
  readonly setting: Setting;
  readonly plan: Plan;
  /** Without rate limits. */
  readonly stage: Stage;
  readonly people: Two<Person>;
  readonly browsers: Two<BrowserContext> | string;
}

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const setting: Setting = { ...options, dataDir: temporaryFolder(options.built, undo) };
    const plan = options.quick ? QUICK : FULL;
    const busy = load();
    const stage = await openStage(setting, 'off', undo);
    const people = await twice(() => stage.person());
    const browsers = await openBrowsers(setting, undo).catch(
      (error: unknown) => `Chromium does not start: ${String(error)}`,
    );
    const run: Run = { setting, plan, stage, people, browsers };

    // Waiting for dead sockets to be noticed keeps nobody busy, so the rest goes on beside it.
    const killing = await startKilling(run, undo);
    const offline = await mergeOffline(run, undo);
    const [lost, typed] = await Promise.all([loseSingleEvents(run, undo), typeAndWatch(run, undo)]);
    const dead = await killing.end;
    return report({
      ...offline,
      lost,
      dead,
      ...typed,
      chromium: typeof browsers === 'string' ? null : (browsers[0].browser()?.version() ?? null),
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

async function mergeOffline({ setting, plan, stage, people, browsers }: Run, undo: Undo) {
  const { say } = setting;
  say(`Two replicas offline, in Node and in Chromium, ${plan.offlineRounds} rounds each`);
  const inNode = await measured(() =>
    undo.scope((inner) => offlineInNode(setting, stage, people, plan.offlineRounds, inner)),
  );
  const inPages = await measured(() => {
    if (typeof browsers === 'string') throw new Error(browsers);
    return undo.scope((inner) => offlineInPages(stage, people, browsers, plan.offlineRounds, inner));
  });
  return { inNode, inPages };
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
  const { setting, plan, browsers } = run;
  setting.say(`Typing, ${plan.keystrokes} keystrokes, and ${plan.cloud / 1_000} s under the limits of Appwrite Cloud`);
  const [costs, cloud] = await Promise.all([countMessages(run, undo), typeInTheCloud(run, undo)]);
  setting.say('A page with many cursors');
  const page = await measured(() => {
    if (typeof browsers === 'string') throw new Error(browsers);
    return undo.scope((inner) => crowd(setting, browsers[0], plan.page, inner));
  });
  return { costs, cloud, page };
}

/** All products at once: at human pace none of them keeps the machine busy. */
async function countMessages(run: Run, undo: Undo): Promise<Record<ProductKey, Measured<Costs>>> {
  const { setting, plan } = run;
  const { missing, hocuspocusNode: node } = setting.peers;
  const start: Record<ProductKey, () => Promise<OpenRoom>> = {
    cowrite: () => Promise.resolve(cowriteRooms(run, undo)),
    ywebsocket: () => {
      if (missing !== null) throw new Error(missing);
      return startYWebsocket(setting, undo);
    },
    hocuspocus: () => {
      if (missing !== null) throw new Error(missing);
      if (node === null) throw new Error('no Node that Hocuspocus accepts');
      return startHocuspocus(setting, node, undo);
    },
  };
  const cost = async (key: ProductKey): Promise<Costs> => {
    const open = await start[key]();
    const solo = await open({ name: 'solo', letters: ['a'] });
    const pair = await open({ name: 'pair', letters: ['a', 'b'] });
    const [soloCost, pairCost] = await Promise.all([costOf(solo, plan.keystrokes), costOf(pair, plan.keystrokes)]);
    return { solo: soloCost, pair: pairCost };
  };
  const all = await Promise.all(PRODUCTS.map(async (key) => [key, await measured(() => cost(key))] as const));
  return Object.fromEntries(all) as Record<ProductKey, Measured<Costs>>;
}

/** Each room is a project. */
function cowriteRooms({ setting, stage, people }: Run, undo: Undo): OpenRoom {
  const host = replicas(setting, undo);
  return async ({ letters }): Promise<Typists> => {
    if (letters.length === 2) return openPair(stage, { people, hosts: [host, host] }, undo);
    const project = await stage.project([people[0]]);
    const wire = await layWire(stage.url, undo);
    return { replicas: [await openInNode(host, memberOf(project, people, 0), people[0], wire, undo)], wires: [wire] };
  };
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
