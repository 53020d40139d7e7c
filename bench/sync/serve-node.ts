import { Host, type Request } from './host.ts';
import type { Connection } from './replica.ts';

export interface Call {
  readonly id: number;
  readonly request: Request;
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** Makes this process a host of replicas that its parent drives by messages, and that ends with its parent. */
export function serveInNode(connect: (options: never) => Promise<Connection>): void {
  const host = new Host(connect);
  process.on('message', ({ id, request }: Call) => {
    host.run(request).then(
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) => {
        process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answer);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
}
