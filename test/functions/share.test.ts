import { describe, expect, it } from 'vitest';
import { membership } from '../../functions/share/access.ts';
import { createLink, hashToken, join, listLinks, revokeLink } from '../../functions/share/links.ts';
import main from '../../functions/share/main.ts';
import { Refusal } from '../../functions/share/refusal.ts';
import { parseRequest, type CreateLink } from '../../functions/share/request.ts';
import type { LinkRole } from '../../src/core/members.ts';
import { NOW, refusal, shareWorld as world } from '../helpers/share-world.ts';

const DAY_MS = 86_400_000;

function link(role: LinkRole = 'editor', limits: Partial<CreateLink> = {}): CreateLink {
  return { action: 'createLink', project: 'p1', role, expiresInDays: null, maxUses: null, isPublic: false, ...limits };
}

describe('createLink', () => {
  it('stores a hash, never the token', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link());
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(w.onlyLink()).toMatchObject({
      project: 'p1',
      role: 'editor',
      createdBy: 'olga',
      tokenHash: hashToken(token),
    });
    expect(JSON.stringify(w.onlyLink())).not.toContain(token);
  });

  it('is for owners and editors only', async () => {
    const w = world();
    await createLink(w.ports, 'ed', link());
    for (const caller of ['rita', 'vic']) {
      expect(await refusal(createLink(w.ports, caller, link('viewer')))).toEqual({ status: 403, kind: 'not-allowed' });
    }
    for (const caller of ['odd', 'stranger']) {
      expect(await refusal(createLink(w.ports, caller, link()))).toEqual({ status: 403, kind: 'not-a-member' });
    }
    expect(await refusal(createLink(w.ports, 'olga', { ...link(), project: 'gone' }))).toMatchObject({ status: 403 });
    expect(w.links.size).toBe(1);
  });
});

describe('join', () => {
  it('makes the caller a member with the role of the link, and counts the use', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link('reviewer'));
    expect(await join(w.ports, 'nina', token)).toEqual({ project: 'p1', role: 'reviewer' });
    expect(await membership(w.ports, 'nina', 'p1')).toEqual({ role: 'reviewer' });
    expect(w.onlyLink().uses).toBe(1);
  });

  it('never demotes or promotes a member, and does not count as a use', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link('editor', { maxUses: 1 }));
    expect(await join(w.ports, 'olga', token)).toEqual({ project: 'p1', role: 'owner' });
    expect(await join(w.ports, 'vic', token)).toEqual({ project: 'p1', role: 'viewer' });
    expect(w.onlyLink().uses).toBe(0);
  });

  it('refuses unknown, expired and used-up tokens, each in its own way', async () => {
    const w = world();
    expect(await refusal(join(w.ports, 'nina', 'nonsense'))).toEqual({ status: 404, kind: 'link-unknown' });

    const once = await createLink(w.ports, 'olga', link('editor', { maxUses: 1 }));
    await join(w.ports, 'nina', once.token);
    expect(await refusal(join(w.ports, 'paul', once.token))).toEqual({ status: 410, kind: 'link-used-up' });

    const short = await createLink(w.ports, 'olga', link('editor', { expiresInDays: 1 }));
    w.now = NOW + DAY_MS;
    expect(await refusal(join(w.ports, 'paul', short.token))).toEqual({ status: 410, kind: 'link-expired' });
    expect(w.members.get('p1')?.has('paul')).toBe(false);
    // Who is a member gets in by an old link as well.
    expect(await join(w.ports, 'nina', short.token)).toEqual({ project: 'p1', role: 'editor' });
  });

  it('refuses the link of somebody who was removed or may no longer share', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'ed', link());
    w.members.get('p1')?.set('ed', ['viewer']);
    expect(await refusal(join(w.ports, 'nina', token))).toEqual({ status: 410, kind: 'link-revoked' });
    w.members.get('p1')?.delete('ed');
    expect(await refusal(join(w.ports, 'ed', token))).toEqual({ status: 410, kind: 'link-revoked' });
  });

  it('gives the use back when adding the member fails', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link('editor', { maxUses: 1 }));
    w.failing = new Error('database away');
    await expect(join(w.ports, 'nina', token)).rejects.toThrow('database away');
    w.failing = null;
    expect(await join(w.ports, 'nina', token)).toEqual({ project: 'p1', role: 'editor' });
  });

  it('counts one use when one person joins twice at once', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link('editor', { maxUses: 5 }));
    const both = await Promise.all([join(w.ports, 'nina', token), join(w.ports, 'nina', token)]);
    expect(both).toEqual([
      { project: 'p1', role: 'editor' },
      { project: 'p1', role: 'editor' },
    ]);
    expect(w.onlyLink().uses).toBe(1);
  });

  it('lets as many in as the link allows when many come at once', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link('viewer', { maxUses: 3 }));
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => join(w.ports, `user${i}`, token)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });
});

describe('the public link', () => {
  it('is for owners, reads only, and there is one at a time', async () => {
    const w = world();
    const open = link('viewer', { isPublic: true });
    expect(await refusal(createLink(w.ports, 'ed', open))).toEqual({ status: 403, kind: 'not-allowed' });
    const first = await createLink(w.ports, 'olga', open);
    const other = await createLink(w.ports, 'olga', link());
    const second = await createLink(w.ports, 'olga', open);
    expect([...w.links.keys()].sort()).toEqual([other.id, second.id].sort());
    expect(await refusal(join(w.ports, 'nina', first.token))).toMatchObject({ kind: 'link-unknown' });
    expect(await join(w.ports, 'nina', second.token)).toEqual({ project: 'p1', role: 'viewer' });
  });

  it('counts no more when the one who made it is no owner any more', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link('viewer', { isPublic: true }));
    w.members.get('p1')?.set('olga', ['editor']);
    expect(await refusal(join(w.ports, 'nina', token))).toMatchObject({ kind: 'link-revoked' });
  });
});

describe('the list of links', () => {
  it('shows what each is worth, and nothing that lets somebody in', async () => {
    const w = world();
    await createLink(w.ports, 'ed', link('reviewer', { expiresInDays: 1 }));
    const once = await createLink(w.ports, 'olga', link('editor', { maxUses: 1 }));
    await createLink(w.ports, 'olga', link('viewer'));
    await join(w.ports, 'nina', once.token);
    w.now = NOW + DAY_MS;
    const { links } = await listLinks(w.ports, 'ed', 'p1');
    expect(links.map(({ role, state, uses, createdByName }) => [role, state, uses, createdByName])).toEqual([
      ['viewer', 'active', 0, 'OLGA'],
      ['editor', 'used-up', 1, 'OLGA'],
      ['reviewer', 'expired', 0, 'ED'],
    ]);
    expect(JSON.stringify(links)).not.toContain(once.token);
    expect(JSON.stringify(links)).not.toContain(hashToken(once.token));
    w.members.get('p1')?.delete('ed');
    expect((await listLinks(w.ports, 'olga', 'p1')).links[2]).toMatchObject({ state: 'dead', createdByName: '' });
  });

  it('is for those who may share', async () => {
    const w = world();
    for (const caller of ['rita', 'vic']) {
      expect(await refusal(listLinks(w.ports, caller, 'p1'))).toEqual({ status: 403, kind: 'not-allowed' });
    }
    expect(await refusal(listLinks(w.ports, 'stranger', 'p1'))).toEqual({ status: 403, kind: 'not-a-member' });
  });

  it('has an end', async () => {
    const w = world();
    for (let count = 0; count < 100; count++) await createLink(w.ports, 'olga', link());
    expect(await refusal(createLink(w.ports, 'olga', link()))).toEqual({ status: 409, kind: 'too-many-links' });
  });
});

describe('revoking', () => {
  it('is for owners, and for editors with links of their own; then nobody joins by it', async () => {
    const w = world();
    const byOlga = await createLink(w.ports, 'olga', link());
    const byEd = await createLink(w.ports, 'ed', link());
    expect(await refusal(revokeLink(w.ports, 'ed', 'p1', byOlga.id))).toEqual({ status: 403, kind: 'not-allowed' });
    expect(await refusal(revokeLink(w.ports, 'vic', 'p1', byEd.id))).toEqual({ status: 403, kind: 'not-allowed' });
    await revokeLink(w.ports, 'ed', 'p1', byEd.id);
    await revokeLink(w.ports, 'olga', 'p1', byOlga.id);
    await revokeLink(w.ports, 'olga', 'p1', byOlga.id);
    expect(w.links.size).toBe(0);
    expect(await refusal(join(w.ports, 'nina', byEd.token))).toMatchObject({ status: 404, kind: 'link-unknown' });
  });

  it('does not reach the links of another project', async () => {
    const w = world().team('p2', { eve: ['owner'] });
    const { id } = await createLink(w.ports, 'olga', link());
    await revokeLink(w.ports, 'eve', 'p2', id);
    expect(await refusal(revokeLink(w.ports, 'eve', 'p1', id))).toMatchObject({ kind: 'not-a-member' });
    expect(w.links.size).toBe(1);
  });
});

describe('a deleted project', () => {
  it('is neither shared nor joined nor opened, and strangers are not told that it is there', async () => {
    const w = world();
    const { token } = await createLink(w.ports, 'olga', link());
    w.deleted.add('p1');
    const gone = { status: 410, kind: 'project-deleted' };
    expect(await refusal(createLink(w.ports, 'olga', link()))).toEqual(gone);
    expect(await refusal(join(w.ports, 'new', token))).toEqual(gone);
    expect(await refusal(membership(w.ports, 'ed', 'p1'))).toEqual(gone);
    expect(await refusal(membership(w.ports, 'stranger', 'p1'))).toMatchObject({ kind: 'not-a-member' });
    w.deleted.delete('p1');
    expect(await join(w.ports, 'new', token)).toEqual({ project: 'p1', role: 'editor' });
  });
});

describe('membership', () => {
  it('is the highest role that Cowrite knows', async () => {
    const w = world().team('p2', { amy: ['viewer', 'editor', 'developer'] });
    expect(await membership(w.ports, 'amy', 'p2')).toEqual({ role: 'editor' });
    expect(await refusal(membership(w.ports, 'odd', 'p1'))).toEqual({ status: 403, kind: 'not-a-member' });
    expect(await refusal(membership(w.ports, 'amy', 'p1'))).toEqual({ status: 403, kind: 'not-a-member' });
  });
});

describe('parseRequest', () => {
  it('fills in what may be left away', () => {
    expect(parseRequest('{"action":"createLink","project":"p1"}')).toEqual(link());
  });

  it.each([
    ['', 'JSON'],
    ['[]', 'JSON object'],
    ['{"action":"drop"}', '"action"'],
    ['{"action":"createLink"}', '"project"'],
    ['{"action":"createLink","project":"../x"}', '"project"'],
    ['{"action":"createLink","project":"p1","role":"owner"}', '"role"'],
    ['{"action":"createLink","project":"p1","maxUses":1.5}', '"maxUses"'],
    ['{"action":"createLink","project":"p1","maxUses":0}', '"maxUses"'],
    ['{"action":"createLink","project":"p1","expiresInDays":-1}', '"expiresInDays"'],
    ['{"action":"join"}', '"token"'],
    ['{"action":"join","token":""}', '"token"'],
    ['{"action":"membership","project":7}', '"project"'],
    ['{"action":"createLink","project":"p1","isPublic":"yes"}', '"isPublic"'],
    ['{"action":"createLink","project":"p1","isPublic":true,"role":"editor"}', '"role"'],
    ['{"action":"revokeLink","project":"p1"}', '"link"'],
    ['{"action":"removeMember","project":"p1","member":"a/b"}', '"member"'],
    ['{"action":"changeRole","project":"p1","member":"ed","role":"god"}', '"role"'],
  ])('says what is wrong with %s', (body, named) => {
    expect(() => parseRequest(body)).toThrow(named);
    expect(() => parseRequest(body)).toThrow(Refusal);
  });
});

describe('the Function', () => {
  async function execute(headers: Record<string, string>, bodyText: string): Promise<unknown> {
    const res = { json: (body: unknown, status?: number) => ({ status, body }) };
    const req = { method: 'POST', path: '/', headers, bodyText };
    return { answer: await main({ req, res, log: () => undefined, error: (text) => logged.push(text) }), logged };
  }
  const logged: string[] = [];

  it('does nothing for an event, or for a guest that got this far', async () => {
    expect(await execute({ 'x-appwrite-user-id': '', 'x-appwrite-trigger': 'event' }, '{}')).toMatchObject({
      answer: { status: 401, body: { error: { kind: 'unauthenticated' } } },
    });
  });

  it('tells a client nothing of what went wrong inside, and logs it', async () => {
    const result = await execute({ 'x-appwrite-user-id': 'u' }, '{"action":"membership","project":"p1"}');
    expect(result).toMatchObject({ answer: { status: 500, body: { error: { kind: 'server' } } } });
    expect(JSON.stringify(result)).not.toMatch(/"message":"[^"]*(endpoint|key)/);
    expect(logged.join()).toContain('no endpoint, project or key');
  });
});
