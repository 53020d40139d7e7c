import type { Page } from 'playwright';
import { Child } from '../support/child.ts';
import type { Undo } from '../support/undo.ts';
import type { Request, Seat } from './host.ts';
import type { Commands } from './replica.ts';
import type { Answer, Call } from './serve-node.ts';

/** Replicas of one product elsewhere. */
export interface RemoteHost {
  open(options: Seat & object): Promise<Commands>;
}

type Ask = (request: Request) => Promise<unknown>;

/** In a process of its own. */
export function nodeHost(name: string, path: string, undo: Undo): RemoteHost {
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
  return remoteHost(
    (request) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        const id = calls++;
        waiting.set(id, { resolve, reject });
        child.send({ id, request } satisfies Call);
      }),
  );
}

/** In a page that is open. */
export function pageHost(page: Page): RemoteHost {
  return remoteHost((request) => page.evaluate((each) => window.host(each), request));
}

function remoteHost(ask: Ask): RemoteHost {
  return {
    open: async (options) => {
      const replica = (await ask({ command: 'open', options })) as number;
      const call = (command: keyof Commands, argument: unknown): Promise<unknown> =>
        ask({ command, replica, argument });
      return {
        type: async (order) => (await call('type', order)) as readonly number[],
        hear: async (order) => (await call('hear', order)) as readonly number[],
        edit: async (order) => (await call('edit', order)) as { update: string },
        settle: async (order) => (await call('settle', order)) as number,
        nudge: async () => void (await call('nudge', null)),
        close: async () => void (await call('close', null)),
      };
    },
  };
}
