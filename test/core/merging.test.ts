import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { mergeUpdates } from '../../src/core/merge.ts';
import { decodePresence, encodeAwareness, encodePresence, withProvenUser } from '../../src/core/presence.ts';
import { retryPending } from '../../src/core/pending.ts';
import { missingOnServer } from '../../src/core/repair.ts';
import { combineFacts, deriveStatus, type SyncFacts } from '../../src/core/status.ts';

describe('merging', () => {
  it('many updates become one that says the same', () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let i = 0; i < 1234; i++) doc.getText('text').insert(i, String(i % 10));
    const copy = new Y.Doc();
    Y.applyUpdate(copy, mergeUpdates(updates));
    expect(updates.length).toBe(1234);
    expect(copy.getText('text').toString()).toBe(doc.getText('text').toString());
  });

  it('of nothing is a mistake of the caller', () => {
    expect(() => mergeUpdates([])).toThrow('at least one');
  });
});

describe('updates in any order', () => {
  it('[P1] nothing is left waiting when all is there, whatever the order', () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()];
    const updates: Uint8Array[] = [];
    for (const doc of [a, b]) {
      doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
        if (local) updates.push(update);
      });
    }
    for (let i = 0; i < 40; i++) {
      const [doc, other] = i % 2 === 0 ? [a, b] : [b, a];
      doc.getText('text').insert(doc.getText('text').length >> 1, 'xy');
      Y.applyUpdate(other, updates.at(-1) ?? new Uint8Array());
    }
    for (let seed = 1; seed <= 200; seed++) {
      let state = seed;
      const order = updates.map((update) => ({ update, at: (state = (state * 16807) % 2147483647) }));
      const doc = new Y.Doc();
      doc.transact(() => {
        for (const { update } of order.sort((one, two) => one.at - two.at)) Y.applyUpdate(doc, update);
        retryPending(doc, null);
      });
      expect(doc.store.pendingStructs).toBeNull();
      expect(doc.getText('text').toString()).toBe(a.getText('text').toString());
    }
  });
});

describe('repair diff', () => {
  function pair(): [Y.Doc, Y.Doc] {
    const local = new Y.Doc();
    const server = new Y.Doc();
    local.getText('text').insert(0, 'hello world');
    Y.applyUpdate(server, Y.encodeStateAsUpdate(local));
    return [local, server];
  }

  it('[LOG-2] is nothing where nothing is missing', () => {
    const [local, server] = pair();
    local.getText('text').delete(0, 1);
    Y.applyUpdate(server, Y.encodeStateAsUpdate(local));
    server.getText('text').insert(0, 'more on the server');
    expect(missingOnServer(local, server)).toBeNull();
  });

  it('[P2] [LOG-2] finds a delete, which moves no state vector', () => {
    const [local, server] = pair();
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(server));
    local.getText('text').delete(0, 6);
    expect(Y.encodeStateVector(local)).toEqual(Y.encodeStateVector(server));
    const missing = missingOnServer(local, server);
    expect(missing).not.toBeNull();
    if (missing) Y.applyUpdate(copy, missing);
    expect(copy.getText('text').toString()).toBe('world');
  });

  it('[LOG-2] carries only what is missing, not the whole delete set', () => {
    const [local, server] = pair();
    for (let i = 0; i < 200; i++) {
      local.getText('text').insert(5, 'xy');
      local.getText('text').delete(5, 1);
    }
    Y.applyUpdate(server, Y.encodeStateAsUpdate(local));
    local.getText('text').insert(0, '!');
    const missing = missingOnServer(local, server);
    expect(missing?.byteLength).toBeLessThan(40);
  });
});

describe('presence', () => {
  const state = { user: { id: 'x', name: 'Ana', color: '#112233' }, file: 'a', selection: null };

  it('is read back as it was written', () => {
    const text = encodePresence(encodeAwareness({ client: 5, clock: 3, state }));
    expect(text).not.toBeNull();
    expect(decodePresence(text ?? '')).toEqual({ client: 5, clock: 3, state });
  });

  it('[P14] anything else is nothing', () => {
    const two = Uint8Array.from([2, 5, 1, 2, 123, 125, 6, 1, 2, 123, 125]);
    for (const text of ['', 'x', 'AAAA', '*', encodePresence(two) ?? '', 'A'.repeat(20_000)]) {
      expect(decodePresence(text)).toBeNull();
    }
    expect(encodePresence(new Uint8Array(20_000))).toBeNull();
  });

  it('[P27] shows the author of the stamp, whoever the state claims to be', () => {
    expect(withProvenUser({ client: 1, clock: 1, state }, 'mallory').state?.user?.id).toBe('mallory');
    const broken = withProvenUser({ client: 1, clock: 1, state: { user: 7 as never } }, 'mallory').state?.user;
    expect(broken).toEqual({ id: 'mallory', name: 'Someone', color: '#888888' });
  });
});

describe('status', () => {
  const saved: SyncFacts = {
    live: true,
    attempted: true,
    polled: false,
    caughtUp: true,
    pending: 0,
    pendingOnDevice: 0,
    mayWrite: true,
    deviceProblem: null,
    problem: null,
    delay: null,
    deleted: false,
  };

  it.each<[string, Partial<SyncFacts>]>([
    ['saved', {}],
    ['saving', { pending: 1 }],
    ['catching-up', { caughtUp: false }],
    ['connecting', { live: false, attempted: false }],
    ['offline', { live: false }],
    ['read-only', { mayWrite: false }],
    ['not-on-this-device', { deviceProblem: 'its storage is full' }],
    ['failed', { problem: 'Your session has ended.' }],
    ['deleted', { deleted: true }],
    ['deleted', { deleted: true, live: false, caughtUp: false, deviceProblem: 'full' }],
    ['failed', { deleted: true, pending: 1 }],
    ['failed', { deleted: true, problem: 'Your session has ended.' }],
  ])('[P23] is %s', (status, change) => {
    expect(deriveStatus({ ...saved, ...change }).status).toBe(status);
  });

  it('[P23] is saved only if everything was read and is stored, whatever else is so', () => {
    const flags = [true, false];
    let count = 0;
    for (const live of flags)
      for (const [attempted, polled] of flags.flatMap((one) => flags.map((other) => [one, other] as const)))
        for (const caughtUp of flags)
          for (const pending of [0, 2])
            for (const mayWrite of flags)
              for (const deviceProblem of [null, 'full'])
                for (const problem of [null, 'refused']) {
                  const facts = {
                    live,
                    attempted,
                    polled,
                    caughtUp,
                    pending,
                    pendingOnDevice: 0,
                    mayWrite,
                    deviceProblem,
                    problem,
                    delay: null,
                    deleted: false,
                  };
                  const green =
                    (live || polled) &&
                    caughtUp &&
                    pending === 0 &&
                    mayWrite &&
                    deviceProblem === null &&
                    problem === null;
                  expect(deriveStatus(facts).status === 'saved').toBe(green);
                  count++;
                }
    expect(count).toBe(256);
  });

  it('says how many edits are where', () => {
    expect(deriveStatus({ ...saved, live: false, pending: 3, pendingOnDevice: 3 }).sentence).toContain('3 edits safe');
    expect(deriveStatus({ ...saved, live: false, pending: 1, pendingOnDevice: 0 }).sentence).toContain('being written');
    const delayed = { ...saved, pending: 7, pendingOnDevice: 7, delay: 'The server fails.' };
    expect(deriveStatus(delayed)).toMatchObject({ status: 'saving' });
    expect(deriveStatus(delayed).sentence).toContain('7 edits safe on this device, not on the server yet');
    expect(deriveStatus({ ...saved, live: false, polled: true })).toMatchObject({
      status: 'saved',
      sentence: expect.stringMatching(/^All edits are stored on the server. There is no live connection/),
    });
    expect(deriveStatus({ ...saved, deviceProblem: 'full', pending: 2 }).sentence).toContain('keep this tab open');
    expect(deriveStatus({ ...saved, problem: 'No.', pending: 2, pendingOnDevice: 2 }).sentence).toBe(
      'No. 2 edits kept on this device.',
    );
    const deleted = { ...saved, deleted: true };
    expect(deriveStatus(deleted).sentence).toBe('This project is deleted: it can be read, but not changed.');
    expect(deriveStatus({ ...deleted, pending: 2, pendingOnDevice: 2 }).sentence).toBe(
      'This project has been deleted. 2 edits kept on this device.',
    );
  });

  it('of a project is the worst of its documents', () => {
    const offline = { ...saved, live: false, pending: 2, pendingOnDevice: 2 };
    expect(deriveStatus(combineFacts([saved, offline, { ...saved, pending: 1 }]))).toMatchObject({
      status: 'offline',
      pending: 3,
    });
    expect(deriveStatus(combineFacts([saved, saved])).status).toBe('saved');
  });
});
