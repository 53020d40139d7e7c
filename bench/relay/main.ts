/**
 * `npm run bench -- relay`: from a keystroke in one replica until its character is in the other one's text, and until
 * it is stored durably. Cowrite on the embedded server, y-websocket and Hocuspocus take turns, in Node and in Chromium.
 */
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { launchProfile } from '../support/chromium.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { load } from '../support/machine.ts';
import { serveFolder } from '../support/static-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo, type Undo } from '../support/undo.ts';
import { clockDifference } from './clocks.ts';
import { startCowrite } from './cowrite/product.ts';
import { startHocuspocus } from './hocuspocus/product.ts';
import { twice, type Setting, type Two } from '../sync/stage.ts';
import type { Product } from './products.ts';
import { PRODUCTS, report, type Figures, type PageFigures, type ProductKey } from './report.ts';
import { measure, type Pair, type Plan } from './rounds.ts';
import { startYWebsocket } from './ywebsocket/product.ts';

const PACE = { shortest: 30, longest: 50 };
const FULL: Plan = { rounds: 5, keystrokes: 100, warmUp: 20, pace: PACE };
const QUICK: Plan = { rounds: 2, keystrokes: 25, warmUp: 5, pace: PACE };

/** Who takes part; a peer that cannot run is missing. */
type Products = Partial<Record<ProductKey, Product>>;

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const { quick, say } = options;
    const setting: Setting = { ...options, dataDir: temporaryFolder(options.built, undo) };
    const busy = load();
    const products = await start(setting, undo);
    const plan = quick ? QUICK : FULL;
    say(`In Node, ${plan.rounds} × ${plan.keystrokes} keystrokes each:`);
    const node = await undo.scope((inner) => take(products, (product) => product.openInNode(inner), plan, say));
    say(`In Chromium, ${plan.rounds} × ${plan.keystrokes} keystrokes each:`);
    const page = await undo.scope((inner) => inPages(products, plan, setting, inner));
    return report({ node, ...page, peers: options.peers, load: busy });
  });
}

async function start(setting: Setting, undo: Undo): Promise<Products> {
  const { missing, sqliteMissing, hocuspocusNode: node } = setting.peers;
  const cowrite = await startCowrite(setting, undo);
  if (missing !== null) return { cowrite };
  const ywebsocket = await startYWebsocket(setting, undo);
  if (node === null) return { cowrite, ywebsocket };
  const hocuspocus = await startHocuspocus(setting, { node, sqlite: false }, undo);
  if (sqliteMissing !== null) return { cowrite, ywebsocket, hocuspocus };
  const hocuspocusSqlite = await startHocuspocus(setting, { node, sqlite: true }, undo);
  return { cowrite, ywebsocket, hocuspocus, hocuspocusSqlite };
}

/** Opens a pair of replicas of each product and lets them take turns. */
async function take(
  products: Products,
  open: (product: Product) => Promise<Pair>,
  plan: Plan,
  say: (line: string) => void,
): Promise<Figures> {
  const keys = PRODUCTS.filter((key) => products[key] !== undefined);
  const pairs: Pair[] = [];
  for (const product of keys.map((key) => products[key])) if (product) pairs.push(await open(product));
  const samples = await measure(pairs, plan, say);
  return Object.fromEntries(keys.map((key, index) => [key, samples[index]]));
}

async function inPages(
  { hocuspocusSqlite: _onlyInNode, ...products }: Products,
  plan: Plan,
  { built, dataDir, say }: Setting,
  undo: Undo,
): Promise<PageFigures> {
  const users = await browsers(dataDir, undo).catch((error: unknown) => String(error));
  if (typeof users === 'string') return { page: {}, chromium: null, pageProblem: `Chromium does not start: ${users}` };
  const { url: pages, close } = await serveFolder(join(built, 'pages'));
  undo.add(close);
  const open = async (product: Product): Promise<Pair> => {
    const pair = await product.openInPages({ users, pages });
    say(`  clocks of the pages of ${pair.name}: ${(await clockDifference(pair.replicas)).toFixed(2)} ms apart`);
    return pair;
  };
  const page = await take(products, open, plan, say);
  return { page, chromium: users[0].browser()?.version() ?? null, pageProblem: null };
}

function browsers(dataDir: string, undo: Undo): Promise<Two<BrowserContext>> {
  return twice(async (index) => {
    const context = await launchProfile(join(dataDir, `profile-${index}`));
    undo.add(() => context.close());
    return context;
  });
}
