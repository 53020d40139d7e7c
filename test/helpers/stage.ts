import type { Browser } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, Visitor, type Tab } from './browser.ts';
import { Product } from './product.ts';

/** A running product and a browser, for the tests of one file. Usable from the first test on. */
export interface Stage {
  readonly product: Product;
  readonly browser: Browser;
  /**
   * Somebody new in a browser profile of their own, as a guest; leaves when the tests of the file have ended.
   *
   * @param url where to, as a link to join a project; default: the product
   */
  arrive(name: string, url?: string): Promise<Tab>;
}

/** Starts both before the tests and ends both after them. @param options of `npm start`; default: no demo project */
export function useStage(options?: readonly string[]): Stage {
  let product: Product | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    product = await Product.start(options);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.close();
  });
  const ready = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('the stage is ready when the first test begins');
    return thing;
  };
  const stage: Stage = {
    get product() {
      return ready(product);
    },
    get browser() {
      return ready(browser);
    },
    arrive: async (name, url = stage.product.url) => {
      const visitor = await Visitor.arrive(stage.browser);
      const tab = await visitor.open(url);
      await tab.continueAsGuest(name);
      return tab;
    },
  };
  return stage;
}
