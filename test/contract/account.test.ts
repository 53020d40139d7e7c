import { ID } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, person, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function login(email: string): Promise<{ session: string; cookies: string[] }> {
  const response = await fetch(`${server.endpoint}/account/sessions/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-appwrite-project': PROJECT },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  expect(response.status).toBe(201);
  const fallback = JSON.parse(response.headers.get('x-fallback-cookies') ?? '{}') as Record<string, string>;
  return { session: fallback[`a_session_${PROJECT}`] ?? '', cookies: response.headers.getSetCookie() };
}

describe('account', () => {
  it('signs up, logs in, and recognises the session as header, cookie and fallback', async () => {
    const guest = sdk(server);
    const user = await guest.account.create({
      userId: ID.unique(),
      email: 'Ann@Example.com',
      password: PASSWORD,
      name: 'Ann',
    });
    expect(user.email).toBe('ann@example.com');
    const { session, cookies } = await login('ann@example.com');
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual([
      `a_session_${PROJECT}_legacy`,
      `a_session_${PROJECT}`,
    ]);
    const ways: Record<string, string>[] = [
      { 'x-appwrite-session': session },
      { cookie: (cookies[0] ?? '').split(';')[0] ?? '' },
      { 'x-fallback-cookies': JSON.stringify({ [`a_session_${PROJECT}`]: session }) },
    ];
    for (const headers of ways) {
      const response = await fetch(`${server.endpoint}/account`, {
        headers: { ...headers, 'x-appwrite-project': PROJECT },
      });
      expect(await response.json()).toMatchObject({ $id: user.$id, name: 'Ann' });
    }
  });

  it('refuses a wrong password, a taken address and a second session', async () => {
    const bob = await person(server, 'bob');
    const guest = sdk(server);
    const wrong = { email: 'bob@example.com', password: 'wrong password' };
    await expect(guest.account.createEmailPasswordSession(wrong)).rejects.toMatchObject({
      code: 401,
      type: 'user_invalid_credentials',
    });
    const taken = { userId: ID.unique(), email: 'bob@example.com', password: PASSWORD };
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
    const user = await visitor.account.updateEmail({ email: 'dora@example.com', password: PASSWORD });
    expect(user).toMatchObject({ $id: session.userId, email: 'dora@example.com', prefs: { color: 'red' } });
    expect((await sdk(server, { session: (await login('dora@example.com')).session }).account.get()).$id).toBe(
      session.userId,
    );
  });

  it('keeps the ten newest sessions', async () => {
    const eve = await person(server, 'eve');
    for (let n = 0; n < 10; n++) await login('eve@example.com');
    await expect(eve.account.get()).rejects.toMatchObject({ code: 401 });
    const last = sdk(server, { session: (await login('eve@example.com')).session });
    expect((await last.account.listSessions()).total).toBe(10);
  });

  it('a change of the password ends the other sessions', async () => {
    const finn = await person(server, 'finn');
    const other = sdk(server, { session: (await login('finn@example.com')).session });
    await finn.account.updatePassword({ password: 'another horse', oldPassword: PASSWORD });
    expect((await finn.account.get()).$id).toBe(finn.id);
    await expect(other.account.get()).rejects.toMatchObject({ code: 401 });
  });

  it('locks an address after ten wrong passwords', async () => {
    await person(server, 'hal');
    const attempt = (password: string) =>
      sdk(server).account.createEmailPasswordSession({ email: 'hal@example.com', password });
    for (let n = 0; n < 10; n++) await expect(attempt('wrong password')).rejects.toMatchObject({ code: 401 });
    await expect(attempt(PASSWORD)).rejects.toMatchObject({ code: 429, type: 'general_rate_limit_exceeded' });
  });
});
