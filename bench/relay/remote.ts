import type { Page } from 'playwright';
import { Child } from '../support/child.ts';
import type { Undo } from '../support/undo.ts';
import type { Commands, Recording } from './replica.ts';
import type { Answer, Call } from './serve-node.ts';

type Ask = (command: Call['command'], argument: unknown) => Promise<unknown>;

/** A replica elsewhere, by whatever carries the calls to it. */
function remote(ask: Ask): Commands {
  return {
    type: async (order) => void (await ask('type', order)),
    settle: async (order) => void (await ask('settle', order)),
    take: async () => (await ask('take', null)) as Recording,
    now: async () => (await ask('now', null)) as number,
    close: async () => void (await ask('close', null)),
  };
}

/** A replica in a process of its own. */
export async function nodeReplica(name: string, path: string, options: object, undo: Undo): Promise<Commands> {
  const child = new Child(name, path);
  undo.add(() => child.close());
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let ended: Error | null = null;
  let calls = 0;
  child.listen(
    (message) => {
      const answer = message as Answer;
      const call = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('error' in answer) call?.reject(new Error(`${name}: ${answer.error}`));
      else call?.resolve(answer.value);
    },
    (error) => {
      ended = error;
      for (const call of waiting.values()) call.reject(error);
    },
  );
  const ask: Ask = (command, argument) =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      const id = calls++;
      waiting.set(id, { resolve, reject });
      child.send({ id, command, argument } satisfies Call);
    });
  await ask('connect', options);
  return remote(ask);
}

/** A replica in a page. */
export async function pageReplica(page: Page, url: string, options: object): Promise<Commands> {
  await page.goto(url);
  const ask: Ask = (command, argument) =>
    page.evaluate((call) => window.benchmark(call.command, call.argument), { command, argument });
  await ask('connect', options);
  return remote(ask);
}
