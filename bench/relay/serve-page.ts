import { Replica, type Commands, type Connection } from './replica.ts';

declare global {
  interface Window {
    /** How the controller reaches the replica in a page. */
    benchmark: (command: keyof Commands | 'connect', argument: unknown) => Promise<unknown>;
  }
}

/** Makes this page a replica. `connect` resolves when the document is in sync with the server. */
export function serveInPage(connect: (options: never) => Promise<Connection>): void {
  let replica: Replica | null = null;
  window.benchmark = async (command, argument) => {
    if (command === 'connect') {
      replica = new Replica(await connect(argument as never), wallClock);
      return undefined;
    }
    if (replica === null) throw new Error('not connected');
    const method = replica[command].bind(replica) as (argument: unknown) => Promise<unknown>;
    return method(argument);
  };
}

/** Comparable between pages, which Date.now() is too, but in finer steps. */
function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
