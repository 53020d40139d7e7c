import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../src/emulator/context.ts';
import { Histogram, Counter, exposition } from '../../src/emulator/metrics/exposition.ts';
import { live } from '../helpers/emulator-socket.ts';
import { person, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';

let server: TestServer;
const log: LogEntry[] = [];

beforeAll(async () => {
  server = await startTestServer({ log: (entry) => log.push(entry) });
});
afterAll(() => server.close());

const fetchMetrics = (headers: Record<string, string> = {}) => fetch(`${server.url}/metrics`, { headers });

describe('metrics', () => {
  it('tell what the server did, by route and not by id', async () => {
    const ann = await person(server, 'ann');
    const socket = await live(server, { session: ann.session });
    await socket.subscribe(['rows']);
    await ann.rows.createRow({ databaseId: 'db', tableId: 'notes', rowId: 'r1', data: { doc: 'd' } });
    await socket.next();
    const text = await (await fetchMetrics()).text();
    const lines = text.split('\n');
    const route = '/v1/tablesdb/:databaseId/tables/:tableId/rows';
    expect(lines).toEqual(
      expect.arrayContaining([
        `cowrite_http_requests_total{route="${route}",method="POST",status="201"} 1`,
        'cowrite_rows{table="db/notes"} 1',
        'cowrite_events_total{kind="rows",action="create"} 1',
        'cowrite_events_sent_total 1',
        'cowrite_sockets 1',
        'cowrite_sockets_dropped 0',
        'cowrite_write_queue 0',
        'cowrite_commit_seconds_bucket{le="+Inf"} ' + /cowrite_commit_seconds_count (\d+)/.exec(text)?.[1],
      ]),
    );
    expect(text).not.toContain('r1');
    socket.close();
  });

  it('are for this machine and for the key only', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect((await fetchMetrics(forwarded)).status).toBe(404);
    const proxies = ['forwarded', 'via', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto'];
    for (const name of proxies) expect((await fetchMetrics({ [name]: '1.1 proxy' })).status).toBe(404);
    expect((await fetchMetrics({ ...forwarded, 'x-appwrite-key': 'wrong' })).status).toBe(404);
    expect((await fetchMetrics({ ...forwarded, 'x-appwrite-key': server.apiKey })).status).toBe(200);
    expect((await fetchMetrics({ ...forwarded, authorization: `Bearer ${server.apiKey}` })).status).toBe(200);
  });

  it('are written as Prometheus reads them', () => {
    const counter = new Counter('c_total', 'Counts.');
    counter.add({ a: 'x"\\\n' }, 2);
    const histogram = new Histogram('h', 'Spreads.', [1, 2]);
    for (const value of [0.5, 1, 1.5, 9]) histogram.observe(value);
    expect(exposition([counter, histogram]).split('\n')).toEqual([
      '# HELP c_total Counts.',
      '# TYPE c_total counter',
      String.raw`c_total{a="x\"\\\n"} 2`,
      '# HELP h Spreads.',
      '# TYPE h histogram',
      'h_bucket{le="1"} 2',
      'h_bucket{le="2"} 3',
      'h_bucket{le="+Inf"} 4',
      'h_sum 12',
      'h_count 4',
      '',
    ]);
  });
});

describe('the log', () => {
  it('has each request without its parameters', async () => {
    await fetch(`${server.endpoint}/health/version?secret=hidden`);
    const entry = { level: 'info', message: 'Request', method: 'GET', path: '/v1/health/version', status: 200 };
    await vi.waitFor(() => expect(log).toContainEqual({ ...entry, ms: expect.any(Number) }));
    expect(JSON.stringify(log)).not.toContain('hidden');
  });
});
