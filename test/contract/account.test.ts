import { ID } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServer, PASSWORD, person, sdk } from '../helpers/emulator.ts';
import type { AppwriteServer } from '../helpers/emulator.ts';

let server: AppwriteServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

async function login(email: string): Promise<{ session: string; cookies: string[] }> {
  const response = await fetch(`${server.endpoint}/account/sessions/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-appwrite-project': server.projectId },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  expect(response.status).toBe(201);
  const fallback = JSON.parse(response.headers.get('x-fallback-cookies') ?? '{}') as Record<string, string>;
  return { session: fallback[`a_session_${server.projectId}`] ?? '', cookies: response.headers.getSetCookie() };
}

describe('account', () => {
  it('signs up, logs in, and recognises the session as header, cookie and fallback', async () => {
    const guest = sdk(server);
    const user = await guest.account.create({
      userId: ID.unique(),
      email: server.email('Ann').toUpperCase(),
      password: PASSWORD,
      name: 'Ann',
    });
    expect(user.email).toBe(server.email('ann'));
    const { session, cookies } = await login(server.email('ann'));
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual([
      `a_session_${server.projectId}_legacy`,
      `a_session_${server.projectId}`,
    ]);
    const ways: Record<string, string>[] = [
      { 'x-appwrite-session': session },
      { cookie: (cookies[0] ?? '').split(';')[0] ?? '' },
      { 'x-fallback-cookies': JSON.stringify({ [`a_session_${server.projectId}`]: session }) },
    ];
    for (const headers of ways) {
      const response = await fetch(`${server.endpoint}/account`, {
        headers: { ...headers, 'x-appwrite-project': server.projectId },
      });
      expect(await response.json()).toMatchObject({ $id: user.$id, name: 'Ann' });
    }
  });

  it('refuses a wrong password, a taken address and a second session', async () => {
    const bob = await person(server, 'bob');
    const guest = sdk(server);
    const wrong = { email: server.email('bob'), password: 'wrong password' };
    await expect(guest.account.createEmailPasswordSession(wrong)).rejects.toMatchObject({
      code: 401,
      type: 'user_invalid_credentials',
    });
    const taken = { userId: ID.unique(), email: server.email('bob'), password: PASSWORD };
    await expect(guest.account.create(taken)).rejects.toMatchObject({ code: 409, type: 'user_already_exists' });
    await expect(bob.account.createAnonymousSession()).rejects.toMatchObject({
      code: 401,
      type: 'user_session_already_exists',
    });
  });

  it('makes tokens that end with their session', async () => {
    const carl = await person(server, 'carl');
    const { jwt } = await carl.account.createJWT();
    expect((await sdk(server, { jwt }).account.get()).$id).toBe(carl.id);
    await carl.account.deleteSession({ sessionId: 'current' });
    await expect(sdk(server, { jwt }).account.get()).rejects.toMatchObject({
      code: 401,
      type: 'general_unauthorized_scope',
    });
    await expect(carl.account.get()).rejects.toMatchObject({ code: 401, type: 'general_unauthorized_scope' });
  });

  it('upgrades an anonymous user, which keeps its id and preferences', async () => {
    const key = sdk(server, { key: server.apiKey });
    const session = await key.account.createAnonymousSession();
    const visitor = sdk(server, { session: session.secret });
    await visitor.account.updatePrefs({ prefs: { color: 'red' } });
    const user = await visitor.account.updateEmail({ email: server.email('dora'), password: PASSWORD });
    expect(user).toMatchObject({ $id: session.userId, email: server.email('dora'), prefs: { color: 'red' } });
    expect((await sdk(server, { session: (await login(server.email('dora'))).session }).account.get()).$id).toBe(
      session.userId,
    );
  });

  it('keeps the ten newest sessions', async () => {
    const eve = await person(server, 'eve');
    for (let n = 0; n < 10; n++) await login(server.email('eve'));
    await expect(eve.account.get()).rejects.toMatchObject({ code: 401 });
    const last = sdk(server, { session: (await login(server.email('eve'))).session });
    expect((await last.account.listSessions()).total).toBe(10);
  });

  it('sessions can be ended from outside, one or all', async () => {
    const ada = await person(server, 'ends');
    const key = sdk(server, { key: server.apiKey });
    const { secret } = await key.users.createSession({ userId: ada.id });
    const { sessions } = await key.users.listSessions({ userId: ada.id });
    const [first] = sessions;
    await key.users.deleteSession({ userId: ada.id, sessionId: first?.$id ?? '' });
    await expect(ada.account.get()).rejects.toMatchObject({ code: 401, type: 'general_unauthorized_scope' });
    await expect(key.users.deleteSession({ userId: ada.id, sessionId: 'unknown' })).rejects.toMatchObject({
      code: 404,
      type: 'user_session_not_found',
    });
    const other = sdk(server, { session: secret });
    expect((await other.account.get()).$id).toBe(ada.id);
    await key.users.deleteSessions({ userId: ada.id });
    await expect(other.account.get()).rejects.toMatchObject({ code: 401 });
  });

  it('keeps preferences as they are, but for empty objects inside, which become lists', async () => {
    const gil = await person(server, 'gil');
    const text = 'a:{} b,{} c[{} "d":{}';
    await gil.account.updatePrefs({ prefs: { text, [text]: 1, empty: {}, inside: [{}, { a: {} }] } });
    expect(await gil.account.getPrefs()).toEqual({ text, [text]: 1, empty: [], inside: [[], { a: [] }] });
  });

  it('refuses preferences that are nested without end', async () => {
    const hana = await person(server, 'hana');
    const update = async (depth: number): Promise<number> => {
      const response = await fetch(`${server.endpoint}/account/prefs`, {
        method: 'PATCH',
        headers: {
          'content-type': 'application/json',
          'x-appwrite-project': server.projectId,
          'x-appwrite-session': hana.session,
        },
        body: `{"prefs":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
      });
      return response.status;
    };
    expect(await update(100)).toBe(200);
    expect(await update(2_000)).toBe(400);
    expect(await update(200_000)).toBe(400);
  });

  it('of two changes of the password at the same time one counts, and a change of the address undoes none', async () => {
    const ida = await person(server, 'ida');
    const change = (password: string) => ida.account.updatePassword({ password, oldPassword: PASSWORD });
    const results = await Promise.allSettled([
      change('another horse'),
      change('a third horse'),
      ida.account.updateEmail({ email: server.email('ida2'), password: PASSWORD }),
    ]);
    const [another, third] = results.map(({ status }) => status === 'fulfilled');
    const right = another ? 'another horse' : 'a third horse';
    expect([another, third].filter(Boolean)).toHaveLength(1);
    const { email } = await ida.account.get();
    const login = (password: string) => sdk(server).account.createEmailPasswordSession({ email, password });
    await expect(login(PASSWORD)).rejects.toMatchObject({ code: 401 });
    expect((await login(right)).userId).toBe(ida.id);
  });

  it('a login that began before a change of the password does not outlive it', async () => {
    const jo = await person(server, 'jo');
    const login = () =>
      sdk(server).account.createEmailPasswordSession({ email: server.email('jo'), password: PASSWORD });
    const changed = jo.account.updatePassword({ password: 'another horse', oldPassword: PASSWORD });
    const begun: Promise<unknown>[] = [];
    for (let n = 0; n < 9; n++) {
      begun.push(login().catch(() => undefined));
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
    await Promise.all(begun);
    await changed;
    expect((await jo.account.listSessions()).total).toBe(1);
  });

  it('a change of the password ends the other sessions', async () => {
    const finn = await person(server, 'finn');
    const other = sdk(server, { session: (await login(server.email('finn'))).session });
    await finn.account.updatePassword({ password: 'another horse', oldPassword: PASSWORD });
    expect((await finn.account.get()).$id).toBe(finn.id);
    await expect(other.account.get()).rejects.toMatchObject({ code: 401 });
  });
});
