import type { BrowserContext, Page } from 'playwright';
import type { Undo } from '../support/undo.ts';
import { sleep } from './clock.ts';
import { costOf, PACE, type Costs } from './keystrokes.ts';
import { layWire } from './pairs.ts';
import { arrive, createFile, openFile, type Product } from './product.ts';
import { Stage, twice, type Two } from './stage.ts';

const FILE = 'typing.txt';
/** A new line is begun after so many letters. */
const LINE_LENGTH = 40;

/** Keys in the editor of the product's own page: of one person alone, then of two at once, each in a line of their own. */
export async function typeInEditor(
  product: Product,
  browsers: Two<BrowserContext>,
  count: number,
  undo: Undo,
): Promise<Costs> {
  const wires = await twice(() => layWire(product.url, undo));
  const [ana, bob] = await Promise.all([
    arrive(browsers[0], wires[0].url, 'Ana', undo),
    arrive(browsers[1], wires[1].url, 'Bob', undo),
  ]);
  const { project } = await createFile(ana, FILE, 'first\n\n');
  await ana.getByTestId('editor').locator('.view-lines').first().click();
  await ana.keyboard.press('Control+End');
  const solo = await costOf([wires[0]], count, (keys) => type(ana, keys));

  const stage = new Stage(product.url, product.apiKey);
  await stage.join(project, await stage.idOf('Bob'));
  await bob.goto(`${wires[1].url}/p/${project}`);
  await bob.getByTestId('file-tree').waitFor();
  await openFile(bob, FILE);
  await bob.getByTestId('editor').locator('.view-lines').first().click();
  await bob.keyboard.press('Control+Home');
  await ana.getByTestId('editor').locator('.view-lines').first().click();
  await ana.keyboard.press('Control+End');
  const pair = await costOf(wires, count, (keys) => Promise.all([type(ana, keys), type(bob, keys)]));
  return { solo, pair };
}

async function type(page: Page, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    await sleep(PACE.shortest + Math.random() * (PACE.longest - PACE.shortest));
    await page.keyboard.press(n % LINE_LENGTH === 0 ? 'Enter' : 'x');
  }
}
