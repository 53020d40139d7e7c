import { describe, expect, it } from 'vitest';
import { changeRole, handOver, leave, listMembers, removeMember } from '../../functions/share/members.ts';
import { refusal, shareWorld } from '../helpers/share-world.ts';

const NOT_ALLOWED = { status: 403, kind: 'not-allowed' };
const LAST_OWNER = { status: 409, kind: 'last-owner' };

describe('the list of members', () => {
  it('is the same for every member, with name, id and role', async () => {
    const w = shareWorld();
    const seen = await listMembers(w.ports, 'vic', 'p1');
    expect(seen.role).toBe('viewer');
    expect(seen.members.map(({ id, name, role }) => [id, name, role])).toEqual([
      ['olga', 'OLGA', 'owner'],
      ['ed', 'ED', 'editor'],
      ['rita', 'RITA', 'reviewer'],
      ['vic', 'VIC', 'viewer'],
      ['odd', 'ODD', null],
    ]);
    expect(JSON.stringify(seen)).not.toContain('@');
    expect((await listMembers(w.ports, 'olga', 'p1')).members).toEqual(seen.members);
  });

  it('is closed to strangers, to members without a role, and in deleted projects', async () => {
    const w = shareWorld();
    for (const caller of ['stranger', 'odd']) {
      expect(await refusal(listMembers(w.ports, caller, 'p1'))).toMatchObject({ kind: 'not-a-member' });
    }
    w.deleted.add('p1');
    expect(await refusal(listMembers(w.ports, 'olga', 'p1'))).toMatchObject({ kind: 'project-deleted' });
  });

  it('shows invitations with their address to owners only', async () => {
    const w = shareWorld();
    w.pending.add('vic');
    expect((await listMembers(w.ports, 'olga', 'p1')).members).toContainEqual(
      expect.objectContaining({ id: 'vic', isPending: true, email: 'vic@example.com' }),
    );
    expect((await listMembers(w.ports, 'ed', 'p1')).members.map(({ id }) => id)).not.toContain('vic');
  });
});

describe('changing a role', () => {
  it('is for owners', async () => {
    const w = shareWorld();
    await changeRole(w.ports, 'olga', 'p1', 'ed', 'viewer');
    expect(w.roleOf('ed')).toBe('viewer');
    for (const caller of ['ed', 'rita', 'vic']) {
      expect(await refusal(changeRole(w.ports, caller, 'p1', 'vic', 'owner'))).toEqual(NOT_ALLOWED);
    }
    expect(await refusal(changeRole(w.ports, 'stranger', 'p1', 'vic', 'owner'))).toMatchObject({ status: 403 });
    expect(w.roleOf('vic')).toBe('viewer');
  });

  it('leaves an owner: the last one keeps the role', async () => {
    const w = shareWorld();
    expect(await refusal(changeRole(w.ports, 'olga', 'p1', 'olga', 'editor'))).toEqual(LAST_OWNER);
    await changeRole(w.ports, 'olga', 'p1', 'ed', 'owner');
    await changeRole(w.ports, 'olga', 'p1', 'olga', 'editor');
    expect([w.roleOf('olga'), w.roleOf('ed')]).toEqual(['editor', 'owner']);
  });

  it('is taken back when two owners demote each other at the same time', async () => {
    const w = shareWorld();
    w.members.get('p1')?.set('ed', ['owner']);
    w.meanwhile = () => w.members.get('p1')?.set('olga', ['editor']);
    expect(await refusal(changeRole(w.ports, 'olga', 'p1', 'ed', 'editor'))).toEqual(LAST_OWNER);
    expect(w.roleOf('ed')).toBe('owner');
  });

  it('says so when the person has gone or has not come yet', async () => {
    const w = shareWorld();
    expect(await refusal(changeRole(w.ports, 'olga', 'p1', 'gone', 'editor'))).toMatchObject({
      kind: 'member-unknown',
    });
    w.pending.add('vic');
    expect(await refusal(changeRole(w.ports, 'olga', 'p1', 'vic', 'editor'))).toMatchObject({
      kind: 'not-a-member-yet',
    });
  });
});

describe('removing', () => {
  it('first takes the roles, so that the removed person is told, and then ends the membership', async () => {
    const w = shareWorld();
    await removeMember(w.ports, 'olga', 'p1', 'ed');
    expect(w.log).toEqual(['roles ed removed', 'pause 400', 'end ed', 'presence ed']);
    expect(w.roleOf('ed')).toBeUndefined();
  });

  it('is for owners, and a removal that was interrupted can be repeated', async () => {
    const w = shareWorld();
    for (const caller of ['ed', 'rita', 'vic']) {
      expect(await refusal(removeMember(w.ports, caller, 'p1', 'olga'))).toEqual(NOT_ALLOWED);
    }
    w.members.get('p1')?.set('ed', ['removed']);
    await removeMember(w.ports, 'olga', 'p1', 'ed');
    expect(w.roleOf('ed')).toBeUndefined();
  });

  it('withdraws an invitation without ado', async () => {
    const w = shareWorld();
    w.pending.add('vic');
    await removeMember(w.ports, 'olga', 'p1', 'vic');
    expect(w.log).toEqual(['end vic', 'presence vic']);
  });
});

describe('leaving', () => {
  it('is for everybody but the last owner', async () => {
    const w = shareWorld();
    for (const caller of ['ed', 'rita', 'vic', 'odd']) await leave(w.ports, caller, 'p1');
    expect(await refusal(leave(w.ports, 'olga', 'p1'))).toEqual(LAST_OWNER);
    expect(await refusal(removeMember(w.ports, 'olga', 'p1', 'olga'))).toEqual(LAST_OWNER);
    expect([...(w.members.get('p1')?.keys() ?? [])]).toEqual(['olga']);
    expect(await refusal(leave(w.ports, 'stranger', 'p1'))).toMatchObject({ kind: 'member-unknown' });
  });

  it('is possible from a deleted project', async () => {
    const w = shareWorld();
    w.deleted.add('p1');
    await leave(w.ports, 'ed', 'p1');
    expect(w.roleOf('ed')).toBeUndefined();
  });

  it('is taken back when two owners leave at the same time', async () => {
    const w = shareWorld();
    w.members.get('p1')?.set('ed', ['owner']);
    w.meanwhile = () => w.members.get('p1')?.delete('ed');
    expect(await refusal(leave(w.ports, 'olga', 'p1'))).toEqual(LAST_OWNER);
    expect(w.roleOf('olga')).toBe('owner');
  });
});

describe('handing over', () => {
  it('makes the new owner first, then the old one an editor', async () => {
    const w = shareWorld();
    expect(await handOver(w.ports, 'olga', 'p1', 'rita')).toEqual({ role: 'editor' });
    expect(w.log).toEqual(['roles rita owner', 'roles olga editor']);
  });

  it('is for owners, to somebody else who is here', async () => {
    const w = shareWorld();
    expect(await refusal(handOver(w.ports, 'ed', 'p1', 'vic'))).toEqual(NOT_ALLOWED);
    expect(await refusal(handOver(w.ports, 'olga', 'p1', 'olga'))).toMatchObject({ kind: 'already-owner' });
    expect(await refusal(handOver(w.ports, 'olga', 'p1', 'stranger'))).toMatchObject({ kind: 'member-unknown' });
  });
});
