import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppwriteAccount, type AccountService } from '../../src/backend/account.ts';
import { openTestServer, person, sdk, type AppwriteServer } from '../helpers/emulator.ts';

let server: AppwriteServer;

beforeAll(async () => {
  server = await openTestServer();
});

afterAll(() => server.close());

describe('the label of agents', () => {
  it('is given by the server alone, and told to the account itself', async () => {
    const { id, session } = await person(server, 'robo');
    const { account, users } = sdk(server, { session });
    const service: Pick<AccountService, 'get'> = { get: () => account.get() };
    const own = new AppwriteAccount(service as AccountService, () => 'unused');
    expect(await own.current()).toMatchObject({ ok: true, value: { id, isAgent: false } });
    await expect(users.updateLabels({ userId: id, labels: ['agent'] })).rejects.toMatchObject({ code: 401 });
    const key = sdk(server, { key: server.apiKey });
    await key.users.updateLabels({ userId: id, labels: ['other', 'agent'] });
    expect(await own.current()).toMatchObject({ ok: true, value: { id, isAgent: true } });
  });
});
