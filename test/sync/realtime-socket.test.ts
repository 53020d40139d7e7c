import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RealtimeSocket, type SocketOptions } from '../../src/backend/realtime-socket.ts';
import { backoffDelay } from '../../src/sync/backoff.ts';
import { FakeSocket } from '../helpers/fake-socket.ts';

const MINUTE_MS = 60_000;

let sockets: FakeSocket[];
/** What the listener heard, in order. */
let heard: string[];
let socket: RealtimeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  heard = [];
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

function open(options: Partial<SocketOptions> = {}): void {
  socket = new RealtimeSocket(
    {
      endpoint: 'https://example.com/v1',
      project: 'cowrite',
      connect: (url) => {
        const made = new FakeSocket(url);
        sockets.push(made);
        return made;
      },
      jwt: () => Promise.resolve('token'),
      cookies: true,
      backoff: () => 1_000,
      ...options,
    },
    [{ channels: ['rows'], queries: [] }],
    {
      live: () => heard.push('live'),
      down: (reason) => heard.push(`down: ${reason}`),
      event: (events) => heard.push(`event: ${events.join()}`),
    },
  );
}

const wait = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
const newest = (): FakeSocket => {
  const last = sockets.at(-1);
  if (!last) throw new Error('there is no socket yet');
  return last;
};
const event = { type: 'event', data: { events: ['something'], payload: {} } };

describe('the realtime socket', () => {
  it('[LOG-3] is live only when the subscriptions are acknowledged', async () => {
    open();
    await wait(0);
    const first = newest();
    first.readyState = 1;
    expect(first.count('subscribe')).toBe(0);
    first.receive({ type: 'connected', data: { user: { $id: 'ana' } } });
    expect(first.count('subscribe')).toBe(1);
    first.receive({ type: 'response', data: { to: 'authentication', success: true } });
    first.receive({ type: 'response', data: { to: 'subscribe', success: false } });
    expect(heard).toEqual([]);
    first.receive({ type: 'response', data: { to: 'subscribe', success: true } });
    expect(heard).toEqual(['live']);
  });

  it('[P17] one that is open and answers no ping is dead; a new one takes its place', async () => {
    open();
    await wait(0);
    newest().acknowledge();
    await wait(8_000);
    expect(newest().count('ping')).toBe(1);
    await wait(4_999);
    expect(heard).toEqual(['live']);
    await wait(1);
    expect(heard).toEqual(['live', 'down: the server does not answer']);
    expect(newest().closed).toBe(true);
    await wait(1_000);
    expect(sockets).toHaveLength(2);
    newest().acknowledge();
    expect(heard.at(-1)).toBe('live');
  });

  it('[P17] one that was never welcomed, or whose subscription is never acknowledged, is dead as well', async () => {
    open();
    await wait(10_000);
    expect(heard).toEqual(['down: the server does not answer']);
    await wait(1_000);
    newest().receive({ type: 'connected', data: { user: { $id: 'ana' } } });
    await wait(10_000);
    expect(heard).toHaveLength(2);
    await wait(1_000);
    expect(sockets).toHaveLength(3);
  });

  it('[P17] silence alone is no reason: only a ping that was sent and not answered is', async () => {
    open();
    await wait(0);
    const only = newest();
    only.acknowledge();
    // The tab was hidden, the computer asleep: hours by the clock in which no timer ran.
    vi.setSystemTime(Date.now() + 5 * 60 * MINUTE_MS);
    only.receive(event);
    for (let times = 0; times < 20; times++) {
      await wait(8_000);
      only.receive({ type: 'pong' });
    }
    expect(sockets).toHaveLength(1);
    expect(heard).toEqual(['live', 'event: something']);
    expect(only.count('ping')).toBe(20);
  });

  it('[P18] what an old socket says or how it ends late does not touch the new one', async () => {
    open();
    await wait(0);
    const old = newest();
    old.acknowledge();
    await wait(13_000);
    await wait(1_000);
    const current = newest();
    expect(current).not.toBe(old);
    current.acknowledge();
    const before = [...heard];
    old.receive(event);
    old.receive({ type: 'connected', data: { user: null } });
    old.receive({ type: 'error', data: { code: 1008 } });
    old.end();
    await wait(5_000);
    expect(heard).toEqual(before);
    expect(sockets).toHaveLength(2);
    expect(current.closed).toBe(false);
    current.receive(event);
    expect(heard.at(-1)).toBe('event: something');
  });

  it('[P19] as long as no token can be had it goes on trying, and waits longer each time', async () => {
    const attempts: number[] = [];
    let failures = 6;
    open({
      cookies: false,
      jwt: () => (failures-- > 0 ? Promise.reject(new Error('no token')) : Promise.resolve('token')),
      backoff: (attempt) => {
        attempts.push(attempt);
        return 1_000;
      },
    });
    await wait(6_000);
    expect(heard).toEqual(Array(6).fill('down: no token'));
    expect(attempts).toEqual([0, 1, 2, 3, 4, 5]);
    expect(sockets).toHaveLength(1);
    expect(new URL(newest().url).searchParams.get('jwt')).toBe('token');
    newest().acknowledge();
    expect(heard.at(-1)).toBe('live');
    // Having been live, it begins with short waits again.
    newest().end();
    expect(attempts.at(-1)).toBe(0);
  });

  it('[P19] a socket that cannot even be made is tried again', async () => {
    let refused = 3;
    open({
      connect: (url) => {
        if (refused-- > 0) throw new DOMException('blocked', 'SecurityError');
        const made = new FakeSocket(url);
        sockets.push(made);
        return made;
      },
    });
    await wait(3_000);
    expect(heard).toEqual(Array(3).fill('down: blocked'));
    newest().acknowledge();
    expect(heard.at(-1)).toBe('live');
  });

  it('[P16] where the cookie brings no user, and after each refusal, a new token is fetched', async () => {
    let tokens = 0;
    open({ jwt: () => Promise.resolve(`token${++tokens}`) });
    await wait(0);
    newest().receive({ type: 'connected', data: { user: null } });
    await wait(0);
    expect(newest().url).toContain('jwt=token1');
    newest().receive({ type: 'error', data: { code: 1008 } });
    expect(heard).toEqual(['down: the server refuses the connection (1008)']);
    await wait(1_000);
    expect(newest().url).toContain('jwt=token2');
  });

  it('[P22] on waking up a live socket is tested at once, with less patience', async () => {
    open();
    await wait(0);
    const first = newest();
    first.acknowledge();
    socket.nudge();
    expect(first.count('ping')).toBe(1);
    first.receive({ type: 'pong' });
    await wait(2_500);
    expect(heard).toEqual(['live']);
    socket.nudge();
    await wait(2_500);
    expect(heard).toEqual(['live', 'down: the server does not answer']);
  });

  it('[P22] on waking up a socket that waits for its next try is opened at once', async () => {
    open({ backoff: () => 30_000 });
    await wait(0);
    newest().end();
    await wait(5_000);
    expect(sockets).toHaveLength(1);
    socket.nudge();
    await wait(0);
    expect(sockets).toHaveLength(2);
    // It takes 10 s to find out that nobody answers, then the wait begins anew.
    await wait(39_999);
    expect(sockets).toHaveLength(2);
    await wait(1);
    expect(sockets).toHaveLength(3);
  });

  it('is closed for good: nothing is heard, sent or opened any more', async () => {
    open();
    await wait(0);
    const only = newest();
    only.acknowledge();
    socket.close();
    socket.close();
    only.receive(event);
    only.end();
    socket.nudge();
    await wait(10 * MINUTE_MS);
    expect([only.closed, sockets.length, heard]).toEqual([true, 1, ['live']]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('back-off', () => {
  it('[P20] waits at least half of its ceiling, at most all of it, never longer than 30 s', () => {
    for (let attempt = 0; attempt < 100; attempt++) {
      const ceiling = Math.min(30_000, 500 * 2 ** attempt);
      expect(backoffDelay(attempt, 0)).toBe(ceiling / 2);
      for (let i = 0; i < 20; i++) {
        const delay = backoffDelay(attempt, i / 20);
        expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
        expect(delay).toBeLessThan(ceiling);
      }
    }
  });

  it('[P20] a hundred clients that lost the same server do not come back in step', () => {
    const tenths = Array.from({ length: 100 }, (_, client) => Math.floor(backoffDelay(8, client / 100) / 1_500));
    const crowd = Math.max(...tenths.map((tenth) => tenths.filter((each) => each === tenth).length));
    expect(crowd).toBeLessThanOrEqual(10);
  });
});
