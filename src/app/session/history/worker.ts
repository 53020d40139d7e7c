/** The Web Worker of the history: takes questions one after the other and answers each. */
import { run, type Reply, type Request } from './desk.ts';
import { Workbench } from './workbench.ts';

const workbench = new Workbench();
/** Questions are answered in their order: one that appends comes before the next one that reads. */
let last: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data));
});

async function answer({ id, method, args }: Request): Promise<void> {
  const reply = await run(workbench, method, args).then(
    (value): Reply => ({ id, value }),
    (error: unknown): Reply => ({ id, problem: error instanceof Error ? error.message : String(error) }),
  );
  postMessage(reply);
}
