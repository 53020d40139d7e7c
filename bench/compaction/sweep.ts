/** Compacts all long logs of a server, as the Function does: `node sweep.js ENDPOINT KEY`. */
import { randomBytes } from 'node:crypto';
import { connectByKey } from '../../src/backend/compaction-store.ts';
import { AppwriteSweepStore } from '../../src/backend/sweep-store.ts';
import { sweep, SWEEP_QUIET_MS } from '../../src/core/compaction/sweep.ts';
import { randomId } from '../../src/core/ids.ts';

export interface Swept {
  readonly documents: number;
  readonly folded: number;
  /** Milliseconds. */
  readonly took: number;
}

const [endpoint = '', key = ''] = process.argv.slice(2);
const services = connectByKey({ endpoint, project: 'cowrite', key });
const store = new AppwriteSweepStore(services, () => randomId((count) => new Uint8Array(randomBytes(count))));
const start = performance.now();
// The rows of this benchmark are new; a sweep would leave them for two minutes.
const now = Date.now() + 2 * SWEEP_QUIET_MS;
const done = await sweep(store, { now, isOver: () => false, onProblem: (problem) => console.error(problem) });
if (!done.ok) throw new Error(done.message);
const { documents, folded } = done.value;
process.on('disconnect', () => process.exit(0));
process.send?.({ documents, folded, took: performance.now() - start } satisfies Swept);
