import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Functions } from 'node-appwrite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createNodeBackend } from '../../src/backend/node.ts';
import { AppwriteSharing } from '../../src/backend/sharing.ts';
import { buildFunctions } from '../../src/cli/build/node.mjs';
import { createDemo, readDemo } from '../../src/cli/demo.ts';
import { DEMO_FILES } from '../../src/cli/demo/files.ts';
import { parseProjectFile } from '../../src/cli/setup/config.ts';
import { decodeUpdateRow, isQuarantined } from '../../src/core/codec.ts';
import { fileDocumentId, treeDocumentId } from '../../src/core/ids.ts';
import { readPeople, readTree } from '../../src/core/tree.ts';
import { person, PROJECT, startTestServer, type Person, type TestServer } from '../helpers/emulator.ts';

const top = join(import.meta.dirname, '../..');
let root: string;
let server: TestServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-demo-'));
  const schema = parseProjectFile(readFileSync(join(top, 'appwrite.json'), 'utf8'));
  server = await startTestServer({ schema, functionsRoot: root });
});

afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** What a member reads from the log, and how many rows it is made of. */
async function readDocument(who: Person, project: string, document: string): Promise<{ doc: Y.Doc; rows: number }> {
  const { log } = createNodeBackend({ endpoint: server.endpoint, project: PROJECT, session: who.session });
  const doc = new Y.Doc();
  const seen = new Set<string>();
  const listed = await log.list({ project, doc: document }, (rows) => {
    for (const row of rows) {
      const entry = decodeUpdateRow(row, project, document);
      if (isQuarantined(entry)) throw new Error(entry.reason);
      seen.add(entry.id);
      Y.applyUpdate(doc, entry.update);
    }
  });
  if (!listed.ok) throw new Error(listed.message);
  return { doc, rows: seen.size };
}

it('[TREE-4] is seeded once, also when the first attempt was interrupted', async () => {
  const access = { endpoint: server.endpoint, projectId: PROJECT, apiKey: server.apiKey };
  // The Function that makes the link is not built yet: everything else of the first attempt succeeds.
  await expect(createDemo(server.dataDir, access)).rejects.toThrow('Deployment not found');
  expect(readDemo(server.dataDir)).toBeNull();

  await buildFunctions(top, join(root, 'dist/functions'));
  const demo = await createDemo(server.dataDir, access);
  expect(readDemo(server.dataDir)).toEqual(demo);

  const guest = await person(server, 'guest');
  const joined = await new AppwriteSharing(new Functions(guest.client)).join(demo.token);
  expect(joined).toEqual({ ok: true, value: { project: demo.project, role: 'editor' } });

  const { doc, rows } = await readDocument(guest, demo.project, treeDocumentId(demo.project));
  expect(rows).toBe(1);
  expect([...readPeople(doc).values()].map(({ name }) => name)).toEqual(['Cowrite']);
  const { byId } = readTree(doc);
  for (const [path, content] of DEMO_FILES) {
    const node = [...byId.values()].find((one) => one.path === path);
    const file = await readDocument(guest, demo.project, fileDocumentId(node?.id ?? ''));
    expect([path, file.rows, file.doc.getText('text').toJSON()]).toEqual([path, 1, content]);
  }
});
