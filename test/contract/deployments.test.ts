import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Functions, ID, Runtime } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tar } from '../../src/cli/setup/tar.ts';
import { person, sdk, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';

const PACKAGE = ['package.json', Buffer.from('{ "type": "module" }')] as const;
const code = (answer: string): Buffer =>
  gzipSync(
    tar([
      [
        'main.js',
        Buffer.from(`import { x } from './x.js'; export default ({ res }) => res.text(x + process.env.MODE);`),
      ],
      ['x.js', Buffer.from(`export const x = ${JSON.stringify(answer)};`)],
      PACKAGE,
    ]),
  );

let server: TestServer;
let functions: Functions;

beforeAll(async () => {
  server = await startTestServer();
  functions = new Functions(sdk(server, { key: server.apiKey }).client);
});
afterAll(() => server.close());

async function create(on = functions): Promise<string> {
  const runtime = Runtime.Node22;
  const made = await on.create({
    functionId: ID.unique(),
    name: 'f',
    runtime,
    execute: ['users'],
    entrypoint: 'main.js',
  });
  return made.$id;
}

interface DeployOptions {
  on?: Functions;
  activate?: boolean;
  commands?: string;
}

async function deploy(functionId: string, archive: Buffer, options: DeployOptions = {}) {
  const { on = functions, activate = true, ...rest } = options;
  const file = InputFile.fromBuffer(archive, 'code.tar.gz');
  const { $id, status } = await on.createDeployment({ functionId, code: file, activate, ...rest });
  expect(status).toBe('waiting');
  const get = () => on.getDeployment({ functionId, deploymentId: $id });
  await expect.poll(async () => (await get()).status).not.toBe('waiting');
  return get();
}

const answer = async (functionId: string, on = functions): Promise<string> =>
  (await on.createExecution({ functionId })).responseBody;

describe('deployments', () => {
  it('run once they are ready, with the variables of the function', async () => {
    const functionId = await create();
    await expect(answer(functionId)).rejects.toMatchObject({ type: 'deployment_not_found' });
    const first = await deploy(functionId, code('one'));
    expect(first).toMatchObject({ status: 'ready', resourceId: functionId, entrypoint: 'main.js' });
    expect(await answer(functionId)).toBe('oneundefined');

    const { $id: variableId } = await functions.createVariable({
      functionId,
      variableId: ID.unique(),
      key: 'MODE',
      value: '!',
    });
    expect(await answer(functionId)).toBe('one!');
    await functions.updateVariable({ functionId, variableId, value: '?' });
    expect(await answer(functionId)).toBe('one?');
    expect(await functions.get({ functionId })).toMatchObject({
      deploymentId: first.$id,
      vars: [{ key: 'MODE', value: '', secret: true }],
    });
  });

  it('wait until they are chosen, unless they activate themselves', async () => {
    const functionId = await create();
    const one = await deploy(functionId, code('one'));
    const two = await deploy(functionId, code('two'), { activate: false });
    expect(await answer(functionId)).toBe('oneundefined');
    await functions.updateFunctionDeployment({ functionId, deploymentId: two.$id });
    expect(await answer(functionId)).toBe('twoundefined');
    expect((await functions.listDeployments({ functionId })).total).toBe(2);
    await functions.deleteDeployment({ functionId, deploymentId: one.$id });
    await functions.deleteDeployment({ functionId, deploymentId: two.$id });
    await expect(answer(functionId)).rejects.toMatchObject({ type: 'deployment_not_found' });
  });

  it('arrive in chunks', async () => {
    const functionId = await create();
    const noise = Buffer.from(Array.from({ length: 6_000_000 }, (_, i) => (i * 2_654_435_761) >>> 24));
    const archive = gzipSync(
      tar([['main.js', Buffer.from('export default ({ res }) => res.text("large")')], ['noise', noise], PACKAGE]),
      { level: 0 },
    );
    expect(await deploy(functionId, archive)).toMatchObject({ status: 'ready', sourceSize: archive.length });
    expect(await answer(functionId)).toBe('large');
  });

  it('fail with the reason if the archive is bad or something would have to be built', async () => {
    const functionId = await create();
    expect(await deploy(functionId, Buffer.from('no archive'))).toMatchObject({
      status: 'failed',
      buildLogs: expect.stringMatching(/./) as string,
    });
    const outside = gzipSync(tar([['../main.js', Buffer.from('')]]));
    expect((await deploy(functionId, outside)).buildLogs).toContain('leads out of it');
    expect((await deploy(functionId, code('one'), { commands: 'npm install' })).buildLogs).toContain('npm install');
    await expect(answer(functionId)).rejects.toMatchObject({ type: 'deployment_not_found' });
  });

  it('are for keys, and go with their function', async () => {
    const functionId = await create();
    await deploy(functionId, code('one'));
    const { client } = await person(server, 'ann');
    await expect(new Functions(client).get({ functionId })).rejects.toMatchObject({ code: 401 });
    await functions.delete({ functionId });
    await expect(functions.get({ functionId })).rejects.toMatchObject({ type: 'function_not_found' });
    await expect(answer(functionId)).rejects.toMatchObject({ type: 'function_not_found' });
  });

  it('outlive a restart of the server', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-server-'));
    const open = async () => {
      const own = await startTestServer({ dataDir });
      return { own, on: new Functions(sdk(own, { key: own.apiKey }).client) };
    };
    try {
      const first = await open();
      const functionId = await create(first.on);
      await deploy(functionId, code('kept'), { on: first.on });
      await first.own.close();
      const second = await open();
      expect(await answer(functionId, second.on)).toBe('keptundefined');
      await second.own.close();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
