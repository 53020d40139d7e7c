import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { allRoutes } from '../../src/emulator/routes/all.ts';
import type { LogEntry } from '../../src/emulator/context.ts';
import { NOTES, person, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';
import { Fuzz } from '../helpers/fuzz.ts';
import { Random } from '../helpers/random.ts';

const SEED = 3_141_592;
/** Of an attacker with an account. */
const REQUESTS = 5_000;
/** Of somebody with the key, whom nothing is hidden from, on a server of its own. */
const KEY_REQUESTS = 2_500;
const BROKEN_REQUESTS = 500;
const FRAMES = 2_000;
const UPGRADES = 300;
const AT_ONCE = 16;
/** Stands in everything of the victim. */
const MARK = 'TOPSECRET';

let server: TestServer;
const log: LogEntry[] = [];
const ids = ['db', 'notes', 'files', 'file', 'row', 'team', 'victim', 'attacker', 'read("users")'];
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  const BUCKET = { $id: 'files', name: 'files', fileSecurity: true, $permissions: ['create("users")'] };
  server = await startTestServer({ schema: { ...NOTES, buckets: [BUCKET] }, log: (entry) => log.push(entry) });
  const victim = await person(server, `victim-${MARK.toLowerCase()}`);
  await victim.account.updatePrefs({ prefs: { mark: MARK } });
  await victim.teams.create({ teamId: 'team', name: MARK });
  await victim.rows.createRow({
    databaseId: 'db',
    tableId: 'notes',
    rowId: 'row',
    data: { doc: 'd', text: MARK },
  });
  const form = new FormData();
  form.set('fileId', 'file');
  form.set('file', new Blob([MARK]), `${MARK}.txt`);
  const headers = { 'x-appwrite-project': PROJECT, 'x-appwrite-session': victim.session };
  await fetch(`${server.endpoint}/storage/buckets/files/files`, { method: 'POST', headers, body: form });
  ids.push(victim.id);
});
afterAll(async () => {
  agent.destroy();
  await server.close();
});

interface Answer {
  status: number;
  text: string;
}

function send(method: string, url: string, headers: Record<string, string>, body: string): Promise<Answer> {
  return new Promise((resolve) => {
    // An ended connection is an answer as well: what matters is that the server lives.
    const ended = (): void => resolve({ status: 0, text: '' });
    const outgoing = request(
      url,
      { method, agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString('latin1')));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', ended);
      },
    );
    outgoing.on('error', ended);
    outgoing.end(body);
  });
}

/** Sends bytes that are no request and resolves with what comes back before the connection ends. */
async function sendBytes(bytes: Buffer, port = server.port): Promise<string> {
  const socket = connect(port, 'localhost');
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
  socket.on('error', () => undefined); // a reset is as good as an end
  const closed = once(socket, 'close');
  socket.end(bytes);
  await closed;
  return text;
}

function headersOf(fuzz: Fuzz, who: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = { 'x-appwrite-project': PROJECT, 'content-type': 'application/json' };
  if (fuzz.chance(0.9)) Object.assign(headers, who);
  const odd = fuzz.encoded(fuzz.text()).slice(0, 200);
  if (fuzz.chance(0.03)) headers['x-appwrite-key'] = odd;
  if (fuzz.chance(0.03)) headers['x-appwrite-jwt'] = odd;
  if (fuzz.chance(0.03)) headers['x-appwrite-project'] = odd;
  if (fuzz.chance(0.03)) headers['cookie'] = `a_session_${PROJECT}=${odd}`;
  if (fuzz.chance(0.03)) headers['x-fallback-cookies'] = fuzz.encoded(fuzz.body()).slice(0, 200);
  if (fuzz.chance(0.03)) headers['range'] = fuzz.random.pick(['bytes=0-', 'bytes=9-1', 'bytes=-5', 'lines=1', odd]);
  if (fuzz.chance(0.03)) headers['content-range'] = fuzz.random.pick(['bytes 0-1/2', 'bytes 5-1/0', 'x', odd]);
  if (fuzz.chance(0.03)) headers['x-appwrite-timestamp'] = odd;
  if (fuzz.chance(0.05))
    headers['content-type'] = fuzz.random.pick(['multipart/form-data', 'text/plain', 'a/b;c', odd]);
  return headers;
}

/** A form that may be cut or lack its boundary. */
function multipart(fuzz: Fuzz, headers: Record<string, string>): string {
  headers['content-type'] = `multipart/form-data; boundary=${fuzz.chance(0.9) ? 'cut' : fuzz.encoded(fuzz.text())}`;
  const field = (name: string, value: string): string =>
    `--cut\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const file = `--cut\r\ncontent-disposition: form-data; name="file"; filename="${fuzz.encoded(fuzz.text())}"\r\n\r\nx\r\n`;
  const whole = `${field('fileId', fuzz.text())}${field('permissions[]', fuzz.text())}${file}--cut--\r\n`;
  return fuzz.chance(0.7) ? whole : whole.slice(0, fuzz.random.below(whole.length));
}

async function requests(
  { url }: TestServer,
  fuzz: Fuzz,
  count: number,
  who: Record<string, string>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const worker = async (share: number): Promise<void> => {
    for (let n = 0; n < share; n++) {
      const route = allRoutes[fuzz.random.below(allRoutes.length)];
      if (!route) continue;
      const headers = headersOf(fuzz, who);
      const method = fuzz.chance(0.95)
        ? route.method
        : fuzz.random.pick(['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PURGE']);
      const upload = route.path.endsWith('/files') && fuzz.chance(0.8);
      const body = method === 'GET' || method === 'HEAD' ? '' : upload ? multipart(fuzz, headers) : fuzz.body();
      answers.push(await send(method, `${url}/v1${fuzz.path(route.path)}${fuzz.search()}`, headers, body));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => worker(Math.ceil(count / AT_ONCE))));
  return answers;
}

function brokenRequest(fuzz: Fuzz): Buffer {
  const whole = Buffer.from(
    `POST /v1/teams HTTP/1.1\r\nhost: localhost\r\nx-appwrite-project: ${PROJECT}\r\ncontent-length: 2\r\n\r\n{}`,
  );
  switch (fuzz.random.below(4)) {
    case 0:
      return fuzz.bytes(1 + fuzz.random.below(400));
    case 1:
      return whole.subarray(0, fuzz.random.below(whole.length));
    case 2:
      for (let n = 0; n < 5; n++) whole[fuzz.random.below(whole.length)] = fuzz.random.below(256);
      return whole;
    default:
      return Buffer.from(
        `GET /v1/${'x'.repeat(fuzz.random.below(40_000))} HTTP/1.1\r\nhost: ${fuzz.encoded(fuzz.text())}\r\n\r\n`,
      );
  }
}

/** Asks for a socket at addresses that are none. */
function upgrade(target: string, { port }: TestServer): Promise<string> {
  const headers = [
    'host: localhost',
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return sendBytes(Buffer.from(`GET ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`), port);
}

const TARGETS: readonly [string, ...string[]] = [
  '//',
  '*',
  'http://',
  '///',
  '//:x',
  'http://[',
  'http://a:99999/',
  '/\\',
  '/v1/realtime?%',
  '/%',
  'x',
];

/** Sends frames on sockets that are opened anew when the server ends them; resolves with all that came back. */
async function frames(fuzz: Fuzz, count: number, session: string): Promise<string[]> {
  const heard: string[] = [];
  const open = async (): Promise<WebSocket> => {
    const url = `${server.endpoint.replace('http', 'ws')}/realtime?project=${PROJECT}${fuzz.search().replace('?', '&')}`;
    const socket = new WebSocket(url, { headers: { 'x-appwrite-session': session } });
    socket.on('message', (data: Buffer) => heard.push(data.toString()));
    socket.on('error', () => undefined); // the server may end any of them
    await Promise.race([once(socket, 'open'), once(socket, 'close')]);
    return socket;
  };
  let socket = await open();
  for (let n = 0; n < count; n++) {
    if (socket.readyState !== WebSocket.OPEN || fuzz.chance(0.02)) {
      socket.terminate();
      socket = await open();
    }
    const type = fuzz.random.pick(['subscribe', 'unsubscribe', 'authentication', 'ping', 'nonsense']);
    const entry = {
      subscriptionId: fuzz.chance(0.8) ? fuzz.text() : fuzz.json(),
      channels: fuzz.chance(0.8) ? ['rows', 'files', 'account', 'teams', fuzz.text()] : fuzz.json(),
      queries: fuzz.chance(0.5) ? [fuzz.query()] : [],
    };
    const frame = fuzz.chance(0.8)
      ? JSON.stringify({ type, data: fuzz.chance(0.8) ? [entry] : fuzz.json() })
      : fuzz.body();
    await new Promise((resolve) => socket.send(fuzz.chance(0.1) ? fuzz.bytes(50) : frame, resolve));
  }
  socket.terminate();
  return heard;
}

/** Answers that say that the server is at fault; 503 says that it sends no mail. */
const failed = (answers: readonly Answer[]): number =>
  answers.filter(({ status }) => status >= 500 && status !== 503).length;
const errors = (entries: readonly LogEntry[]): number => entries.filter(({ level }) => level === 'error').length;

describe('malformed requests and frames', () => {
  it(
    `${REQUESTS + BROKEN_REQUESTS + FRAMES} of them end nothing, leak nothing and fail only with a line in the log`,
    { timeout: 120_000 },
    async () => {
      const fuzz = new Fuzz(new Random(SEED), ids);
      const leaks: string[] = [];
      const note = (text: string): void => {
        if (text.toUpperCase().includes(MARK)) leaks.push(text);
      };
      const rounds = 10;
      let failures = 0;
      for (let round = 0; round < rounds; round++) {
        // An attacker may well end the session that it uses: each round has another one.
        const { session } = await person(server, `attacker${round}`);
        const [answers, heard] = await Promise.all([
          requests(server, fuzz, REQUESTS / rounds, { 'x-appwrite-session': session }),
          frames(fuzz, FRAMES / rounds, session),
        ]);
        for (const { text } of answers) note(text);
        for (const text of heard) note(text);
        failures += failed(answers);
        expect(answers.filter(({ text }) => /\.ts:\d+|\.js:\d+|node_modules/.test(text))).toEqual([]);
        for (let n = 0; n < BROKEN_REQUESTS / rounds; n++) note(await sendBytes(brokenRequest(fuzz)));
      }
      expect(leaks).toEqual([]);
      expect(errors(log)).toBe(failures);
      const key = sdk(server, { key: server.apiKey });
      expect((await key.rows.getRow({ databaseId: 'db', tableId: 'notes', rowId: 'row' }))['text']).toBe(MARK);
    },
  );

  it(`${UPGRADES} upgrades at addresses that are none end nothing`, { timeout: 60_000 }, async () => {
    const entries: LogEntry[] = [];
    const other = await startTestServer({ log: (entry) => entries.push(entry) });
    const fuzz = new Fuzz(new Random(SEED + 2), ids);
    const odd = (): string =>
      fuzz
        .bytes(1 + fuzz.random.below(40))
        .toString('latin1')
        .replaceAll(/\s/g, '');
    for (let n = 0; n < UPGRADES; n++)
      await upgrade(
        TARGETS[n] ?? fuzz.random.pick(TARGETS) + (fuzz.chance(0.5) ? odd() : fuzz.encoded(fuzz.text())),
        other,
      );
    expect((await fetch(`${other.endpoint}/health/version`)).status).toBe(200);
    expect(errors(entries)).toBe(0);
    await other.close();
  });

  it(`${KEY_REQUESTS} with the key end nothing either`, { timeout: 120_000 }, async () => {
    const fuzz = new Fuzz(new Random(SEED + 1), ids);
    const entries: LogEntry[] = [];
    const other = await startTestServer({ log: (entry) => entries.push(entry) });
    const answers = await requests(other, fuzz, KEY_REQUESTS, { 'x-appwrite-key': other.apiKey });
    expect(errors(entries)).toBe(failed(answers));
    expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(100);
    expect((await fetch(`${other.endpoint}/health/version`)).status).toBe(200);
    await other.close();
  });
});
