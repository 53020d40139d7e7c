import { describe, expect, it } from 'vitest';
import { createLink, hashToken, join, membership, type Link, type SharePorts } from '../../functions/share/links.ts';
import main from '../../functions/share/main.ts';
import { Refusal } from '../../functions/share/refusal.ts';
import { parseRequest, type CreateLink, type LinkRole } from '../../functions/share/request.ts';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

/** Teams and the table of links, in memory; `failing` makes adding a member fail. */
class World {
  now = NOW;
  failing: Error | null = null;
  readonly members = new Map<string, Map<string, string[]>>();
  readonly links = new Map<string, Link & { uses: number }>();
  readonly deleted = new Set<string>();
  private counter = 0;

  team(id: string, members: Record<string, string[]>): this {
    this.members.set(id, new Map(Object.entries(members)));
    return this;
  }

  readonly ports: SharePorts = {
    roles: async (project, user) => this.members.get(project)?.get(user) ?? null,
    addMember: async (project, user, role) => {
      await Promise.resolve();
      if (this.failing) throw this.failing;
      const team = this.members.get(project);
      if (!team) throw new Error('no such team');
      if (team.has(user)) return 'already-member';
      team.set(user, [role]);
      return 'added';
    },
    storeLink: async (link) => {
      this.links.set(link.id, { ...link, uses: 0 });
    },
    findLink: async (hash) => [...this.links.values()].find(({ tokenHash }) => tokenHash === hash) ?? null,
    takeUse: async ({ id }) => {
      const link = this.links.get(id);
      if (!link || (link.maxUses !== null && link.uses >= link.maxUses)) return false;
      link.uses++;
      return true;
    },
    returnUse: async ({ id }) => {
      const link = this.links.get(id);
      if (link) link.uses--;
    },
    isDeleted: async (project) => this.deleted.has(project),
    now: () => this.now,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => (this.counter = (this.counter * 73 + 41) % 251)),
  };

  onlyLink(): Link & { uses: number } {
    const [link] = this.links.values();
    if (!link) throw new Error('no link was stored');
    return link;
  }
}

function world(): World {
  return new World().team('p1', {
    olga: ['owner'],
    ed: ['editor'],
    rita: ['reviewer'],
    vic: ['viewer'],
    odd: ['developer'],
  });
}

function link(role: LinkRole = 'editor', limits: Partial<CreateLink> = {}): CreateLink {
  return { action: 'createLink', project: 'p1', role, expiresInDays: null, maxUses: null, ...limits };
}

async function refusal(promise: Promise<unknown>): Promise<{ status: number; kind: string }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error('expected a refusal', { cause: error });
  return { status: error.status, kind: error.kind };
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

  it('is for people who are signed in', async () => {
    expect(await execute({ 'x-appwrite-user-id': '' }, '{}')).toMatchObject({
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
