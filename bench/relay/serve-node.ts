import { Replica, type Commands, type Connection } from './replica.ts';

/** Names a call and what it is about; `connect` comes first. */
export interface Call {
  readonly id: number;
  readonly command: keyof Commands | 'connect';
  readonly argument: unknown;
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/**
 * Makes this process a replica that its parent drives by messages, and that ends with its parent. `connect` resolves
 * when the document is in sync with the server.
 */
export function serveInNode(connect: (options: never) => Promise<Connection>): void {
  let replica: Replica | null = null;
  const run = async ({ command, argument }: Call): Promise<unknown> => {
    if (command === 'connect') {
      replica = new Replica(await connect(argument as never), monotonic);
      return undefined;
    }
    if (replica === null) throw new Error('not connected');
    const method = replica[command].bind(replica) as (argument: unknown) => Promise<unknown>;
    return method(argument);
  };
  process.on('message', (call: Call) => {
    run(call).then(
      (value) => answer({ id: call.id, value }),
      (error: unknown) => answer({ id: call.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

/** CLOCK_MONOTONIC, which all processes of a machine share, in milliseconds. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function answer(message: Answer): void {
  process.send?.(message);
}
