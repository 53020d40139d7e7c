import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealtimeFeed } from '../../src/backend/realtime-feed.ts';
import type { FeedListener } from '../../src/core/ports.ts';
import { openTestServer, person, sdk, type AppwriteServer, type Person } from '../helpers/emulator.ts';

let server: AppwriteServer;
let olga: Person;
let ed: Person;
let team: string;
let membershipId: string;

beforeAll(async () => {
  server = await openTestServer();
  team = server.id('members');
  olga = await person(server, 'olga');
  ed = await person(server, 'ed');
  await olga.teams.create({ teamId: team, name: 'Project' });
  membershipId = (await key().teams.createMembership({ teamId: team, userId: ed.id, roles: ['editor'] })).$id;
});

afterAll(() => server.close());

function key() {
  return sdk(server, { key: server.apiKey });
}

/** What somebody hears of the members of the project; resolves when the feed is live. */
async function listen(who: Person): Promise<{ heard: string[]; close: () => void }> {
  const heard: string[] = [];
  const feed = new RealtimeFeed({
    endpoint: server.endpoint,
    project: server.projectId,
    connect: (url) => new WebSocket(url),
    jwt: async () => (await who.account.createJWT()).jwt,
    cookies: false,
    backoff: () => 100,
  });
  let close: () => void = () => undefined;
  await new Promise<void>((resolve, reject) => {
    const ignore = (): void => undefined;
    const listener: FeedListener = {
      live: resolve,
      down: (reason) => reject(new Error(reason)),
      update: ignore,
      presence: ignore,
      presenceGone: ignore,
      project: ignore,
      members: ({ user }) => heard.push(user),
    };
    close = feed.open(team, listener);
  });
  return { heard, close };
}

describe('the feed of a project', () => {
  it('tells members, and whom it concerns, of a changed role; and of a removal before it is done', async () => {
    const [byOlga, byEd] = [await listen(olga), await listen(ed)];
    await key().teams.updateMembership({ teamId: team, membershipId, roles: ['viewer'] });
    await expect.poll(() => [byOlga.heard, byEd.heard]).toEqual([[ed.id], [ed.id]]);

    // As the Function does it: first the roles, which the person hears of, then the membership, which they do not.
    await key().teams.updateMembership({ teamId: team, membershipId, roles: ['removed'] });
    await expect.poll(() => byEd.heard).toEqual([ed.id, ed.id]);
    await key().teams.deleteMembership({ teamId: team, membershipId });
    await expect.poll(() => byOlga.heard).toEqual([ed.id, ed.id, ed.id]);
    expect(byEd.heard).toHaveLength(2);
    byOlga.close();
    byEd.close();
  });

  it('says nothing of the members of other projects', async () => {
    const other = server.id('elsewhere');
    const byOlga = await listen(olga);
    await olga.teams.create({ teamId: other, name: 'Other' });
    await key().teams.createMembership({ teamId: other, userId: ed.id, roles: ['viewer'] });
    await key().teams.createMembership({ teamId: team, userId: ed.id, roles: ['viewer'] });
    await expect.poll(() => byOlga.heard).toEqual([ed.id]);
    byOlga.close();
  });
});
