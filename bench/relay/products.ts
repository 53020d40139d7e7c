import type { BrowserContext } from 'playwright';
import { twice } from '../sync/stage.ts';
import type { Undo } from '../support/undo.ts';
import { pageReplica } from './remote.ts';
import type { Pair } from './rounds.ts';

/** A server that runs, and how two replicas of a new document get to it. */
export interface Product {
  /** Two processes of Node, other than the server's. */
  openInNode(undo: Undo): Promise<Pair>;
  /** A page in each of two browsers. */
  openInPages(browsers: Browsers): Promise<Pair>;
}

/** Two users' browsers, and the address of the pages for products whose server has none. */
export interface Browsers {
  readonly users: readonly [BrowserContext, BrowserContext];
  readonly pages: string;
}

/** A replica in a page of each user's browser. */
export async function pagePair(
  name: string,
  { users }: Browsers,
  where: (index: 0 | 1) => { url: string; options: object },
): Promise<Pair> {
  const pages = await twice((index) => users[index].newPage());
  const replicas = await twice((index) => {
    const { url, options } = where(index);
    pages[index].on('pageerror', (error) => console.error(error));
    return pageReplica(pages[index], url, options);
  });
  // A page that is not in front may be slowed down by the browser.
  return { name, replicas, length: 0, begin: async () => void (await twice((index) => pages[index].bringToFront())) };
}
