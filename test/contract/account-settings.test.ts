import { Account } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppwriteAccount, type AccountService } from '../../src/backend/account.ts';
import { openTestServer, PASSWORD, person, sdk, type AppwriteServer } from '../helpers/emulator.ts';

let server: AppwriteServer;

beforeAll(async () => {
  server = await openTestServer();
});

afterAll(() => server.close());

/** The SDK for Node has the same calls, but no provider leads back to it. */
function account(session: string): AppwriteAccount {
  const service = sdk(server, { session }).account;
  return new AppwriteAccount(asService(service), () => 'unused');
}

function asService(service: Account): AccountService {
  return {
    get: () => service.get(),
    create: (params) => service.create(params),
    createEmailPasswordSession: (params) => service.createEmailPasswordSession(params),
    createAnonymousSession: () => service.createAnonymousSession(),
    createSession: (params) => service.createSession(params),
    createMagicURLToken: (params) => service.createMagicURLToken(params),
    createOAuth2Token: () => undefined,
    listSessions: () => service.listSessions(),
    deleteSession: (params) => service.deleteSession(params),
    updateName: (params) => service.updateName(params),
    updateEmail: (params) => service.updateEmail(params),
    updatePassword: (params) => service.updatePassword(params),
    updatePrefs: (params) => service.updatePrefs(params),
    createJWT: () => service.createJWT(),
  };
}

/** A session of a guest: by an API key, as a client would have it in a cookie. */
async function guest(): Promise<string> {
  const { secret } = await sdk(server, { key: server.apiKey }).account.createAnonymousSession();
  return secret;
}

describe('a guest', () => {
  it('becomes an account and stays the same user', async () => {
    const session = await guest();
    const before = await account(session).current();
    if (!before.ok) throw new Error(before.message);
    expect(before.value.email).toBe('');
    const email = server.email('kept');
    const kept = await account(session).becomeAccount(email, PASSWORD);
    expect(kept).toMatchObject({ ok: true, value: { id: before.value.id, email } });
    const key = sdk(server, { key: server.apiKey });
    const again = await key.account.createEmailPasswordSession({ email, password: PASSWORD });
    expect(again.userId).toBe(before.value.id);
  });

  it('is told when the address is taken', async () => {
    await person(server, 'taken');
    const refused = await account(await guest()).becomeAccount(server.email('taken'), PASSWORD);
    expect(refused).toMatchObject({ ok: false, kind: 'conflict' });
  });
});

describe('a colour', () => {
  it('is kept with the account, beside what else is there, and can be taken back', async () => {
    const ana = await person(server, 'colour');
    await ana.account.updatePrefs({ prefs: { other: 'stays' } });
    const own = account(ana.session);
    expect(await own.setColor('#1d4ed8')).toMatchObject({ ok: true, value: { color: '#1d4ed8' } });
    expect(await ana.account.getPrefs()).toMatchObject({ other: 'stays', color: '#1d4ed8' });
    expect(await own.setColor(null)).toMatchObject({ ok: true, value: { color: null } });
    expect(await own.current()).toMatchObject({ ok: true, value: { color: null } });
  });
});

describe('sessions', () => {
  it('are listed with this one first, and ended', async () => {
    const ana = await person(server, 'devices');
    const key = sdk(server, { key: server.apiKey });
    const other = await key.users.createSession({ userId: ana.id });
    const own = account(ana.session);
    const listed = await own.sessions();
    if (!listed.ok) throw new Error(listed.message);
    expect(listed.value.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
    expect(await own.endSession(other.$id)).toEqual({ ok: true, value: undefined });
    expect(await own.endSession(other.$id)).toEqual({ ok: true, value: undefined });
    expect(await account(other.secret).current()).toMatchObject({ ok: false, kind: 'unauthenticated' });
    expect(await own.current()).toMatchObject({ ok: true });
  });

  it('end everywhere else with a new password, and the present one must be right', async () => {
    const ana = await person(server, 'password');
    const key = sdk(server, { key: server.apiKey });
    const other = await key.users.createSession({ userId: ana.id });
    const own = account(ana.session);
    expect(await own.changePassword('another password', 'wrong password')).toMatchObject({
      ok: false,
      kind: 'forbidden',
    });
    expect(await account(other.secret).current()).toMatchObject({ ok: true });
    expect(await own.changePassword('another password', PASSWORD)).toEqual({ ok: true, value: undefined });
    expect(await account(other.secret).current()).toMatchObject({ ok: false });
    expect(await own.current()).toMatchObject({ ok: true });
  });
});

describe('mail', () => {
  it('that the server does not send is a plain refusal', async () => {
    const ana = await person(server, 'mail');
    expect((await account(ana.session).sendMagicLink(server.email('mail'), 'http://localhost/enter')).ok).toBe(false);
  });
});
