import { Host, type Request } from './host.ts';
import type { Connection } from './replica.ts';

declare global {
  interface Window {
    /** How the controller reaches the replicas in a page. */
    host: (request: Request) => Promise<unknown>;
  }
}

/** Makes this page a host of replicas. */
export function serveInPage(connect: (options: never) => Promise<Connection>): void {
  const host = new Host(connect);
  window.host = (request) => host.run(request);
}
