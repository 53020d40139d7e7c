import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Product } from '../helpers/product.ts';

/** As an SDK sends it. */
async function post(product: Product, path: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-appwrite-project': 'cowrite' };
  const answer = await fetch(`${product.url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.arrayBuffer();
  return answer.status;
}

it('[P3] on the first start, demo and all: a copy that is taken meanwhile costs nothing of what comes after it', async () => {
  const product = await Product.start([]);
  const out = `${product.dataDir}.tar.gz`;
  onTestFinished(async () => {
    rmSync(out, { force: true });
    await product.close();
  });
  // In a process of its own, which ends: only then is its connection to the database closed for good.
  const root = resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['src/cli/start.mjs', '--backup', '--data', product.dataDir, '--out', out], {
    cwd: root,
  });
  const ana = { email: 'ana@example.com', password: 'correct horse' };
  expect(await post(product, '/account', { userId: 'ana', name: 'Ana', ...ana })).toBe(201);
  await product.kill();
  await product.run();
  expect(await post(product, '/account/sessions/email', ana)).toBe(201);
});
