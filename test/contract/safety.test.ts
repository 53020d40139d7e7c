import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer } from '../helpers/emulator.ts';

/** What the server says before it ends the connection. */
async function untilEnded(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString()));
  socket.on('error', () => undefined); // a reset is as good as an end
  await once(socket, 'close');
  return text;
}

describe('connections', () => {
  it('that send their request too slowly, or never finish it, are ended', async () => {
    const limits = { headers: 200, request: 400, idle: 60_000, connections: 100 };
    const server = await startTestServer({ connectionLimits: limits });
    const slow = [
      'GET /v1/health/version HTTP/1.1\r\nhost: localhost\r\n',
      'POST /v1/teams HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{',
    ];
    const answers = await Promise.all(
      slow.map((text) => {
        const socket = connect(server.port, 'localhost');
        socket.write(text);
        return untilEnded(socket);
      }),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
    await server.close();
  });

  it('that say nothing are ended, realtime ones are not', async () => {
    const limits = { headers: 1_000, request: 1_000, idle: 300, connections: 100 };
    const server = await startTestServer({ connectionLimits: limits });
    const socket = new WebSocket(`${server.endpoint.replace('http', 'ws')}/realtime?project=cowrite`);
    await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
    for (let n = 0; n < 3; n++) expect(await untilEnded(connect(server.port, 'localhost'))).not.toMatch(/ 200 /);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
    await server.close();
  });

  it('beyond the limit are refused; the others go on', async () => {
    const limits = { headers: 20_000, request: 20_000, idle: 20_000, connections: 3 };
    const server = await startTestServer({ connectionLimits: limits });
    const sockets = Array.from({ length: 3 }, () => connect(server.port, 'localhost'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect(await untilEnded(connect(server.port, 'localhost'))).toBe('');
    const [first] = sockets;
    first?.write('GET /v1/health/version HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    expect(first && (await untilEnded(first))).toMatch(/^HTTP\/1.1 200 /);
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
});

describe('pages of the app', () => {
  it('may run no scripts but those of this server, and be in no frame', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'cowrite-app-'));
    writeFileSync(join(dir, 'index.html'), '<title>app</title>');
    const config = { endpoint: 'https://fra.cloud.example/v1' };
    const server = await startTestServer({ app: { dir }, config });
    for (const path of ['/', '/project/p1']) {
      const { headers } = await fetch(server.url + path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "connect-src 'self' data: https://fra.cloud.example wss://fra.cloud.example",
          "frame-ancestors 'none'",
        ]),
      );
      expect([headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual(['nosniff', 'DENY']);
    }
    const api = await fetch(`${server.endpoint}/health/version`);
    expect(api.headers.get('x-content-type-options')).toBe('nosniff');
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
});
