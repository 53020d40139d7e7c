import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Query, Storage, TablesDB, Teams, Users } from 'node-appwrite';
import * as Y from 'yjs';
import { AppwriteSweepStore } from '../../src/backend/sweep-store.ts';
import { loadState } from '../../src/core/compaction/load.ts';
import type { Product } from './product.ts';

function client({ url, dataDir }: Product): Client {
  const key = readFileSync(join(dataDir, 'api-key'), 'utf8').trim();
  return new Client().setEndpoint(`${url}/v1`).setProject('cowrite').setKey(key);
}

/** The text of the file at an address of the app, made of nothing but the rows and the snapshot that the server has. */
export async function storedText(product: Product, address: string): Promise<string> {
  const [, project = '', file = ''] = /\/p\/([^/]+)\/f\/([^/?#]+)/.exec(address) ?? [];
  const { rows } = await new TablesDB(client(product)).listRows({
    databaseId: 'cowrite',
    tableId: 'updates',
    queries: [Query.equal('project', project), Query.equal('doc', `f${file}`), Query.limit(5_000)],
  });
  const doc = new Y.Doc();
  for (const row of rows) Y.applyUpdate(doc, Buffer.from(String(row['data']), 'base64'));
  // After the rows: what a sweep folds in between is in it.
  const store = new AppwriteSweepStore(
    { tables: new TablesDB(client(product)), storage: new Storage(client(product)), teams: new Teams(client(product)) },
    () => 'unused',
  );
  const loaded = await loadState(store, project, `f${file}`);
  if (!loaded.ok) throw new Error(loaded.message);
  if (loaded.value.state) Y.applyUpdateV2(doc, loaded.value.state);
  return doc.getText('text').toJSON();
}

/** Ends all sessions of the user with this e-mail address, as an administrator does. */
export async function endSessions(product: Product, email: string): Promise<void> {
  const users = new Users(client(product));
  const found = await users.list({ queries: [Query.equal('email', email)] });
  for (const { $id } of found.users) await users.deleteSessions({ userId: $id });
}
