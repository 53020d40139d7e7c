import { toBase64 } from 'lib0/buffer';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { decodeBase64, decodeUpdateRow, encodeUpdateRow, isQuarantined } from '../../src/core/codec.ts';
import { documentKind, randomId } from '../../src/core/ids.ts';
import { MAX_UPDATE_BYTES } from '../../src/core/limits.ts';
import { mayWrite, ROLES } from '../../src/core/roles.ts';
import {
  acceptPresenceStamp,
  acceptStamp,
  presencePermissions,
  readStamp,
  stampPermissions,
} from '../../src/core/stamps.ts';

const STAMP = { project: 'p1', role: 'editor', author: 'ana' } as const;

function helloUpdate(): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = 7;
  doc.getText('text').insert(0, 'hello');
  return Y.encodeStateAsUpdate(doc);
}

describe('ids', () => {
  it('[LOG-1] a row id has at least 128 random bits, at most 36 characters, and case does not tell ids apart', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => randomId((n) => crypto.getRandomValues(new Uint8Array(n)))));
    expect(ids.size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{25}$/);
    expect(25 * Math.log2(36)).toBeGreaterThanOrEqual(128);
  });

  it('uses each character equally often', () => {
    const counts = new Map<string, number>();
    let next = 0;
    // Every byte once, 36 times over: a biased mapping would prefer some characters.
    const id = randomId((count) => Uint8Array.from({ length: count }, () => next++ % 256), 252 * 36);
    for (const letter of id) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(new Set(counts.values())).toEqual(new Set([252]));
  });

  it('tells the kind of a document by its id', () => {
    expect(documentKind('tp1')).toBe('tree');
    expect(documentKind('fabc')).toBe('file');
    expect(documentKind('rabc')).toBe('review');
    expect(documentKind('cabc')).toBe('chat');
    for (const id of ['', 'f', 'xabc', 'fA', 'f-a', `f${'a'.repeat(28)}`]) expect(documentKind(id)).toBeNull();
  });
});

describe('stamps', () => {
  it('[STAMP-1] are exactly three read permissions', () => {
    expect(stampPermissions(STAMP)).toEqual(['read("team:p1")', 'read("team:p1/editor")', 'read("user:ana")']);
    expect(readStamp(stampPermissions(STAMP).reverse())).toEqual(STAMP);
  });

  it.each([
    ['a permission is missing', ['read("team:p1")', 'read("user:ana")']],
    ['it is readable by anyone', [...stampPermissions(STAMP), 'read("any")']],
    ['it can be changed', [...stampPermissions(STAMP), 'update("user:ana")']],
    ['it can be deleted', [...stampPermissions(STAMP), 'delete("team:p1/owner")']],
    ['two authors', [...stampPermissions(STAMP), 'read("user:bob")']],
    ['two roles', [...stampPermissions(STAMP), 'read("team:p1/owner")']],
    ['role of another project', ['read("team:p1")', 'read("team:p2/editor")', 'read("user:ana")']],
    ['unknown role', ['read("team:p1")', 'read("team:p1/admin")', 'read("user:ana")']],
    ['status of a user', ['read("team:p1")', 'read("team:p1/editor")', 'read("user:ana/verified")']],
    ['none', []],
  ])('[STAMP-1] are refused where %s', (_, permissions) => {
    expect(readStamp(permissions)).toHaveProperty('invalid');
  });

  it('[STAMP-2] count by role and kind of document, as the table says', () => {
    const writers = { tree: ['owner', 'editor'], file: ['owner', 'editor'], review: ['owner', 'editor', 'reviewer'] };
    for (const [kind, allowed] of Object.entries({ ...writers, chat: writers.review })) {
      for (const role of ROLES) {
        const accepted = acceptStamp(stampPermissions({ ...STAMP, role }), 'p1', `${kind.charAt(0)}x`);
        expect([kind, role, !('invalid' in accepted)]).toEqual([kind, role, allowed.includes(role)]);
      }
    }
    expect(mayWrite('viewer', 'chat')).toBe(false);
  });

  it('[STAMP-2] of another project do not count', () => {
    expect(acceptStamp(stampPermissions({ ...STAMP, project: 'p2' }), 'p1', 'fx')).toHaveProperty('invalid');
  });

  it('[STAMP-2] of presence need the project and exactly one author', () => {
    expect(acceptPresenceStamp(presencePermissions('p1', 'ana'), 'p1')).toEqual({ author: 'ana' });
    expect(acceptPresenceStamp(presencePermissions('p2', 'ana'), 'p1')).toHaveProperty('invalid');
    expect(acceptPresenceStamp(['read("team:p1")'], 'p1')).toHaveProperty('invalid');
    expect(acceptPresenceStamp(['read("team:p1")', 'read("user:a")', 'read("user:b")'], 'p1')).toHaveProperty(
      'invalid',
    );
  });
});

describe('update rows', () => {
  const row = { ...encodeUpdateRow('r1', 'fx', helloUpdate(), STAMP), createdAt: '2026-01-01T00:00:00.000+00:00' };

  it('are written with these bytes', () => {
    expect(row).toEqual({
      id: 'r1',
      project: 'p1',
      doc: 'fx',
      data: 'AQEHAAQBBHRleHQFaGVsbG8A',
      permissions: ['read("team:p1")', 'read("team:p1/editor")', 'read("user:ana")'],
      createdAt: '2026-01-01T00:00:00.000+00:00',
    });
  });

  it('are read back as an entry with its author', () => {
    const entry = decodeUpdateRow(row, 'p1', 'fx');
    expect(entry).toEqual({ id: 'r1', doc: 'fx', update: helloUpdate(), stamp: STAMP, createdAt: row.createdAt });
  });

  it.each([
    ['of another document', { doc: 'fy' }],
    ['of another project', { project: 'p2' }],
    ['without a stamp', { permissions: ['read("any")'] }],
    ['that are not base64', { data: 'hello*==' }],
    ['with a cut base64', { data: 'AQEHAAQBBHRleHQFaGVsbG8' }],
    ['with random bytes', { data: toBase64(Uint8Array.from({ length: 300 }, (_, i) => (i * 7919) % 251)) }],
    ['that are empty', { data: '' }],
    ['that are larger than a row may be', { data: 'A'.repeat(Math.ceil((MAX_UPDATE_BYTES + 3) / 3) * 4) }],
  ])('[P14] [STAMP-4] %s are quarantined with a reason', (_, change) => {
    const result = decodeUpdateRow({ ...row, ...change }, 'p1', 'fx');
    expect(isQuarantined(result) && result.reason.length > 0).toBe(true);
  });

  it('base64 decodes only what is base64 from end to end', () => {
    expect(decodeBase64('aGk=')).toEqual(Uint8Array.from([104, 105]));
    for (const text of ['aGk', 'a-_k', 'aGk=aGk=', '====', 'aG k']) expect(decodeBase64(text)).toBeNull();
  });
});
