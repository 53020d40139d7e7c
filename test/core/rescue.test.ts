import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { MAX_UPDATE_BYTES } from '../../src/core/limits.ts';
import {
  foldRows,
  goesByItself,
  rescueDocument,
  rescueText,
  treeChanges,
  unsentReason,
  unsentSentence,
  withoutRanges,
  type UnsentFacts,
  type UnsentReason,
} from '../../src/core/rescue.ts';
import type { Role } from '../../src/core/roles.ts';
import { createNode, deleteNode, renameNode } from '../../src/core/tree.ts';

const facts = (change: Partial<UnsentFacts>): UnsentFacts => ({
  doc: 'fa',
  access: { kind: 'member', role: 'editor' },
  guest: false,
  largest: 10,
  refusal: null,
  ...change,
});

/** A document, and what is written to it from the given moment on. */
function recorded(doc: Y.Doc): Uint8Array[] {
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return updates;
}

/** A file that two people know, and the edits that one of them could not send. */
function demoted(before: string): { device: Y.Doc; server: Y.Doc; waiting: Uint8Array[] } {
  const server = new Y.Doc();
  server.getText('text').insert(0, before);
  const device = new Y.Doc();
  Y.applyUpdate(device, Y.encodeStateAsUpdate(server));
  return { device, server, waiting: recorded(device) };
}

describe('why edits are not on the server', () => {
  const cases: readonly (readonly [Partial<UnsentFacts>, UnsentReason])[] = [
    [{}, 'waiting'],
    [{ access: { kind: 'unknown', role: null } }, 'waiting'],
    [{ access: { kind: 'unknown', role: 'viewer' } }, 'role-lost'],
    [{ access: { kind: 'member', role: 'viewer' } }, 'role-lost'],
    [{ access: { kind: 'member', role: 'reviewer' } }, 'role-lost'],
    [{ access: { kind: 'member', role: 'reviewer' }, doc: 'ra' }, 'waiting'],
    [{ access: { kind: 'member', role: 'viewer' }, refusal: 'No.' }, 'role-lost'],
    [{ access: { kind: 'none' } }, 'no-member'],
    [{ access: { kind: 'deleted' } }, 'project-deleted'],
    [{ access: { kind: 'session-ended' } }, 'session-ended'],
    [{ access: { kind: 'session-ended' }, guest: true }, 'guest-session-ended'],
    [{ largest: MAX_UPDATE_BYTES }, 'waiting'],
    [{ largest: MAX_UPDATE_BYTES + 1 }, 'too-large'],
    [{ refusal: 'Invalid data.' }, 'refused'],
  ];

  it.each(cases)('[LOCAL-4] %j: %s', (change, reason) => {
    expect(unsentReason(facts(change))).toBe(reason);
  });

  it('[LOCAL-4] only what waits for the network or for its author goes by itself', () => {
    const reasons = [...new Set(cases.map(([, reason]) => reason))];
    expect(reasons.filter(goesByItself).sort()).toEqual(['session-ended', 'waiting']);
    expect(new Set(reasons.map((reason) => unsentSentence(reason))).size).toBe(reasons.length);
    expect(unsentSentence('refused', 'Invalid data.')).toContain('Invalid data.');
  });
});

describe('a rescued text', () => {
  it('[LOCAL-4] [P16] has what waits, and what others wrote meanwhile where the server can be read', () => {
    const { device, server, waiting } = demoted('one\ntwo\n');
    device.getText('text').insert(4, 'mine ');
    server.getText('text').insert(0, 'theirs ');
    const sources = { device: [Y.encodeStateAsUpdate(device)], waiting, server: Y.encodeStateAsUpdate(server) };
    expect(rescueText(sources)).toMatchObject({
      mine: 'theirs one\nmine two\n',
      server: 'theirs one\ntwo\n',
      incomplete: false,
    });
    expect(rescueText({ ...sources, server: null })).toMatchObject({ mine: 'one\nmine two\n', server: null });
  });

  it('[LOCAL-4] is whole when only the outbox or only the document was kept', () => {
    const { device, server, waiting } = demoted('one');
    device.getText('text').insert(3, ' two');
    const base = Y.encodeStateAsUpdate(server);
    expect(rescueText({ device: [base], waiting, server: null }).mine).toBe('one two');
    expect(rescueText({ device: [Y.encodeStateAsUpdate(device)], waiting: [], server: null }).mine).toBe('one two');
  });

  it('marks what the waiting updates inserted, and nothing else', () => {
    const { device, waiting } = demoted('abcdef');
    const text = device.getText('text');
    text.insert(3, 'XX');
    text.delete(0, 1);
    text.insert(7, 'Y😀');
    text.insert(3, 'Z');
    const { mine, inserted } = rescueText({ device: [Y.encodeStateAsUpdate(device)], waiting, server: null });
    expect(mine).toBe('bcXZXdefY😀');
    expect(inserted.map(({ from, to }) => mine.slice(from, to)).join('')).toBe('XZXY😀');
    expect(withoutRanges(mine, inserted)).toBe('bcdef');
  });

  it('marks whatever was typed, anywhere, in any order', () => {
    const edit = fc.record({ at: fc.nat(200), insert: fc.string({ maxLength: 5 }), remove: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        const base = '0123456789'.repeat(5);
        const { device, waiting } = demoted(base);
        const text = device.getText('text');
        for (const { at, insert, remove } of edits) {
          const index = at % (text.length + 1);
          if (insert === '') text.delete(index, Math.min(remove, text.length - index));
          // Letters, so that they are told from the base.
          else text.insert(index, insert.replace(/[^]/g, 'x'));
        }
        const { mine, inserted } = rescueText({ device: [Y.encodeStateAsUpdate(device)], waiting, server: null });
        expect(mine).toBe(text.toJSON());
        expect(withoutRanges(mine, inserted)).toBe(mine.replaceAll('x', ''));
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('[LOG-2] says that something builds upon what is not here', () => {
    const { device, waiting } = demoted('gone');
    device.getText('text').insert(4, ' on');
    const rescued = rescueText({ device: [], waiting, server: null });
    expect(rescued).toMatchObject({ mine: '', incomplete: true });
    waiting.length = 0;
    device.getText('text').delete(0, 1);
    expect(rescueText({ device: [], waiting, server: null }).incomplete).toBe(true);
  });

  it('[P14] reads around damaged bytes', () => {
    const { device, waiting } = demoted('one');
    device.getText('text').insert(3, ' two');
    const damaged = Uint8Array.from([9, 9, 9, 9, 255]);
    const sources = { device: [damaged, Y.encodeStateAsUpdate(device)], waiting: [damaged, ...waiting], server: null };
    expect(rescueText(sources).mine).toBe('one two');
  });
});

describe('the rows of a server', () => {
  const row = (id: string, update: Uint8Array, role: Role = 'editor', doc = 'fa') => ({
    ...encodeUpdateRow(id, doc, update, { project: 'p1', author: 'ana', role }),
    createdAt: '2026-01-01T00:00:00.000Z',
  });

  it('[STAMP-2] become one update, without those that do not count', () => {
    const base = new Y.Doc();
    base.getText('text').insert(0, 'snapshot ');
    const snapshot = Y.encodeStateAsUpdateV2(base);
    const updates = recorded(base);
    base.getText('text').insert(9, 'row');
    const viewer = new Y.Doc();
    viewer.getText('text').insert(0, 'forged');
    const forged = Y.encodeStateAsUpdate(viewer);
    const rows = [
      ...updates.map((update, index) => row(`r${index}`, update)),
      row('v', forged, 'viewer'),
      row('o', forged, 'editor', 'fb'),
    ];
    const server = foldRows('p1', 'fa', rows, snapshot);
    expect(rescueText({ device: [], waiting: [], server }).mine).toBe('snapshot row');
  });
});

describe('the tree', () => {
  it('[TREE-1] tells what waiting edits created, changed and deleted, and what others did is not among it', () => {
    const server = new Y.Doc();
    const file = (id: string) => ({ id, kind: 'file', name: `${id}.ts`, parent: null, createdAt: 1 }) as const;
    for (const id of ['kept', 'renamed', 'deleted']) createNode(server, file(id));
    const device = new Y.Doc();
    Y.applyUpdate(device, Y.encodeStateAsUpdate(server));
    const waiting = recorded(device);
    createNode(device, file('new'));
    renameNode(device, 'new', 'newer.ts');
    renameNode(device, 'renamed', 'other.ts');
    deleteNode(device, 'deleted', 5);
    device.getMap('people').set('ana', { name: 'Ana', color: '#123456' });
    createNode(server, file('theirs'));
    const doc = rescueDocument({
      device: [Y.encodeStateAsUpdate(device)],
      waiting,
      server: Y.encodeStateAsUpdate(server),
    });
    expect(Object.fromEntries(treeChanges(doc, waiting))).toEqual({
      new: 'created',
      renamed: 'changed',
      deleted: 'deleted',
    });
  });
});
