import { describe, expect, it, vi } from 'vitest';
import { AccessWatch, REMOVED } from '../../../src/app/session/access.ts';
import { Signal } from '../../../src/app/session/signal.ts';
import { failure, success, type Outcome } from '../../../src/core/failures.ts';
import type { Role } from '../../../src/core/roles.ts';
import type { Status } from '../../../src/core/status.ts';

const NO_MEMBER = failure('forbidden', 'You are not a member of this project.');

/** An open project whose server answers with `answer`. */
function stage(role: Role = 'editor') {
  const world = {
    answer: success(role) as Outcome<Role>,
    asked: 0,
    denied: [] as string[],
    deleted: 0,
    retried: 0,
    now: 1_000_000,
    role: new Signal<Role>(role),
    status: new Signal<{ status: Status }>({ status: 'saved' }),
    errors: [] as unknown[],
  };
  const watch = new AccessWatch({
    user: 'me',
    role: world.role,
    ask: async () => {
      world.asked++;
      await Promise.resolve();
      return world.answer;
    },
    deny: (reason) => world.denied.push(reason),
    deleted: () => world.deleted++,
    retry: () => world.retried++,
    now: () => world.now,
    report: (error) => world.errors.push(error),
  });
  watch.watch(world.status);
  const turn = (status: Status): void => world.status.set({ status });
  return { world, watch, turn };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('a role that changes while the project is open', () => {
  it('is asked for when an announcement names the user, and taken over with a notice', async () => {
    const { world, watch } = stage();
    world.answer = success('viewer');
    watch.heard({ user: 'me' });
    await settle();
    expect(world.role.value).toBe('viewer');
    expect(watch.notice.value).toEqual({ kind: 'role-changed', from: 'editor', to: 'viewer' });
    expect(world.retried).toBe(1);
    watch.dismissNotice();
    expect(watch.notice.value).toBeNull();
  });

  it('is not asked for when somebody else is meant, but the members are read anew', async () => {
    const { world, watch } = stage();
    watch.heard({ user: 'bob' });
    await settle();
    expect(world.asked).toBe(0);
    expect(watch.memberChanges.value).toBe(1);
  });

  it('is asked for when the server does not say who is meant', async () => {
    const { world, watch } = stage();
    watch.heard({ user: '' });
    await settle();
    expect(world.asked).toBe(1);
    expect(watch.notice.value).toBeNull();
  });

  it('is asked for once more when another announcement comes meanwhile, however many come', async () => {
    const { world, watch } = stage();
    for (let count = 0; count < 5; count++) watch.heard({ user: 'me' });
    await settle();
    expect(world.asked).toBe(2);
  });

  it('is asked for after an interruption, in which announcements are missed, and not at every flicker', async () => {
    const { world, turn } = stage();
    turn('offline');
    expect(world.asked).toBe(0);
    turn('catching-up');
    await settle();
    expect(world.asked).toBe(1);
    turn('offline');
    turn('saved');
    await settle();
    expect(world.asked).toBe(1);
    world.now += 5_000;
    turn('offline');
    turn('saved');
    await settle();
    expect(world.asked).toBe(2);
  });

  it('[P16] is asked for when something is refused', async () => {
    const { world, turn } = stage();
    world.answer = success('reviewer');
    turn('failed');
    await settle();
    expect(world.role.value).toBe('reviewer');
  });

  it('[P16] is asked for again when the answer was too early, or could not be had', async () => {
    vi.useFakeTimers();
    try {
      const { world, watch, turn } = stage();
      world.answer = failure('server', 'busy');
      turn('offline');
      turn('saving');
      await vi.advanceTimersByTimeAsync(100);
      expect([world.asked, watch.notice.value]).toEqual([1, null]);
      world.answer = success('viewer');
      // Refused at once after the question: not before the patience is over, but then.
      world.now += 1_000;
      turn('failed');
      await vi.advanceTimersByTimeAsync(6_000);
      expect(world.asked).toBe(2);
      expect(world.role.value).toBe('viewer');
      // Offline nobody is asked, and nothing is left behind.
      world.answer = failure('offline', 'no network');
      turn('offline');
      watch.ask();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(world.asked).toBe(3);
      watch.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stays when the server cannot be asked, or the session has ended', async () => {
    const { world, watch } = stage();
    for (const kind of ['offline', 'server', 'rate-limited', 'unauthenticated'] as const) {
      world.answer = failure(kind, 'not now');
      watch.ask();
      await settle();
    }
    expect([world.role.value, world.denied, watch.notice.value]).toEqual(['editor', [], null]);
  });
});

describe('a removal', () => {
  it('[P15] [P16] ends the connection with the reason, and lets nothing be typed', async () => {
    const { world, watch, turn } = stage();
    world.answer = NO_MEMBER;
    watch.heard({ user: 'me' });
    await settle();
    expect([world.role.value, world.denied, watch.notice.value]).toEqual(['viewer', [REMOVED], { kind: 'removed' }]);
    turn('failed');
    watch.dismissNotice();
    await settle();
    expect(world.asked).toBe(1);
    expect(watch.notice.value).toEqual({ kind: 'removed' });
  });

  it('is over when the user is let in again', async () => {
    const { world, watch, turn } = stage();
    world.answer = NO_MEMBER;
    watch.ask();
    await settle();
    turn('failed');
    world.now += 5_000;
    world.answer = success('editor');
    turn('connecting');
    await settle();
    expect([world.role.value, watch.notice.value, world.retried]).toEqual(['editor', null, 1]);
  });

  it('of the whole project is told apart: it can be restored', async () => {
    const { world, watch } = stage();
    world.answer = failure('not-found', 'This project has been deleted by its owner.');
    watch.ask();
    await settle();
    expect([world.deleted, world.denied, watch.notice.value]).toEqual([1, [], null]);
  });

  it('changes nothing after the project is closed', async () => {
    const { world, watch } = stage();
    world.answer = NO_MEMBER;
    watch.ask();
    watch.close();
    await settle();
    expect([world.denied, watch.notice.value]).toEqual([[], null]);
  });
});
