import type { ServerEvent } from '../events.ts';
import { Counter, exposition, Gauge, Histogram } from './exposition.ts';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const BATCH = [1, 2, 4, 8, 16, 32, 64, 128];

/** What is counted elsewhere and read when somebody asks. */
export interface MetricSources {
  /** Rows by table. */
  rows(): Iterable<readonly [{ table: string }, number]>;
  /** Open sockets of realtime. */
  sockets(): number;
  /** Sockets that were ended because their clients read too slowly. */
  droppedSockets(): number;
  /** Writes that wait for their commit. */
  queue(): number;
}

/** What a server tells about itself; see docs/operations.md. */
export class ServerMetrics {
  readonly #requests = new Counter('cowrite_http_requests_total', 'Answered requests by route, method and status.');
  readonly #duration = new Histogram('cowrite_http_request_seconds', 'Time from a request to its answer.', SECONDS);
  readonly #events = new Counter('cowrite_events_total', 'Published events by kind and action.');
  readonly #sent = new Counter('cowrite_events_sent_total', 'Messages with events written to sockets.');
  readonly #commits = new Histogram('cowrite_commit_seconds', 'Time of a commit, until it is on disk.', SECONDS);
  readonly #batches = new Histogram('cowrite_commit_writes', 'Writes that share one commit.', BATCH);

  request(route: string, method: string, status: number, milliseconds: number): void {
    this.#requests.add({ route, method, status: String(status) });
    this.#duration.observe(milliseconds / 1000);
  }

  /** An event, and to how many sockets it was written. */
  event(event: ServerEvent, sockets: number): void {
    this.#events.add(kindOf(event.channels));
    if (sockets > 0) this.#sent.add({}, sockets);
  }

  commit(milliseconds: number, writes: number): void {
    this.#commits.observe(milliseconds / 1000);
    this.#batches.observe(writes);
  }

  text(sources: MetricSources): string {
    const one = (value: number): [[Record<string, string>, number]] => [[{}, value]];
    return exposition([
      this.#requests,
      this.#duration,
      new Gauge('cowrite_rows', 'Stored rows by table.', () => sources.rows()),
      this.#events,
      this.#sent,
      new Gauge('cowrite_sockets', 'Open realtime sockets.', () => one(sources.sockets())),
      new Gauge('cowrite_sockets_dropped', 'Realtime sockets ended because their clients read too slowly.', () =>
        one(sources.droppedSockets()),
      ),
      new Gauge('cowrite_write_queue', 'Writes that wait for their commit.', () => one(sources.queue())),
      this.#commits,
      this.#batches,
      new Gauge('process_resident_memory_bytes', 'Resident memory.', () => one(process.memoryUsage().rss)),
      new Gauge('process_cpu_seconds', 'Processor time, user and system.', () => {
        const { user, system } = process.cpuUsage();
        return one((user + system) / 1e6);
      }),
    ]);
  }
}

const ACTIONS = ['create', 'update', 'upsert', 'delete'];

/** The first channels are such as `rows`, `rows.create`; those of sessions have no action. */
function kindOf([kind = '', next = '']: readonly string[]): { kind: string; action: string } {
  const action = next.slice(kind.length + 1);
  return { kind, action: ACTIONS.includes(action) ? action : '' };
}
