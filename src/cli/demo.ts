/**
 * The demo project of the first run. Its plan (who writes which rows) is on disk before the first request, so a start
 * that was interrupted goes on where it was, and nothing is ever there twice.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Functions, TablesDB, Users } from 'node-appwrite';
import { z } from 'zod';
import { createNodeBackend } from '../backend/node.ts';
import { AppwriteSharing } from '../backend/sharing.ts';
import { request } from '../backend/failures.ts';
import type { Outcome } from '../core/failures.ts';
import { NODE_ID_LENGTH, randomId } from '../core/ids.ts';
import { DEMO_FILES } from './demo/files.ts';
import { seedRows } from './demo/seed.ts';

export interface Demo {
  readonly project: string;
  readonly name: string;
  /** Of a share link: makes whoever opens it an editor. */
  readonly token: string;
}

export interface DemoServer {
  /** Of the API, absolute. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly apiKey: string;
}

const FILE = 'demo.json';
const PROJECT = 'demo';
const NAME = 'Demo: word count';
const AUTHOR = { name: 'Cowrite', email: 'demo@cowrite.example' };

const planSchema = z.object({
  user: z.string(),
  /** To sign in as the owner of the demo by hand. */
  password: z.string(),
  rows: z.array(
    z.object({
      id: z.string(),
      project: z.string(),
      doc: z.string(),
      data: z.string(),
      permissions: z.array(z.string()),
    }),
  ),
  /** `null` until everything is stored. */
  token: z.string().nullable(),
});
type Plan = z.infer<typeof planSchema>;

/** The demo project of a data folder, or `null` while it is not complete. */
export function readDemo(dataDir: string): Demo | null {
  const token = readPlan(dataDir)?.token ?? null;
  return token === null ? null : { project: PROJECT, name: NAME, token };
}

/** Creates the demo project, or what is missing of it. Throws if a request fails; calling it again goes on. */
export async function createDemo(dataDir: string, server: DemoServer): Promise<Demo> {
  const plan = readPlan(dataDir) ?? keepPlan(dataDir, newPlan());
  const session = await signIn(plan, server);
  const client = new Client().setEndpoint(server.endpoint).setProject(server.projectId).setSession(session);
  const backend = createNodeBackend({ endpoint: server.endpoint, project: server.projectId, session });

  const created = await backend.projects.create(PROJECT, NAME);
  if (!created.ok && created.kind !== 'conflict') throw new Error(created.message);
  if (!created.ok) await createProjectRow(new TablesDB(client));
  for (const row of plan.rows) {
    const stored = await backend.log.append(row);
    // A start that was interrupted has stored it already.
    if (!stored.ok && stored.kind !== 'conflict') throw new Error(stored.message);
  }
  const link = { role: 'editor', expiresInDays: null, maxUses: null, isPublic: false } as const;
  const { token } = valueOf(await new AppwriteSharing(new Functions(client)).createLink(PROJECT, link));

  keepPlan(dataDir, { ...plan, token });
  return { project: PROJECT, name: NAME, token };
}

function newPlan(): Plan {
  const user = randomId(random, NODE_ID_LENGTH);
  const stamp = { project: PROJECT, role: 'owner', author: user } as const;
  const rows = seedRows(DEMO_FILES, stamp, AUTHOR.name, { now: Date.now(), random });
  return {
    user,
    password: randomBytes(24).toString('base64url'),
    rows: rows.map((row) => ({ ...row, permissions: [...row.permissions] })),
    token: null,
  };
}

/** The secret of a session of the demo's author, who is signed up first if needed. */
async function signIn({ user, password }: Plan, { endpoint, projectId, apiKey }: DemoServer): Promise<string> {
  const users = new Users(new Client().setEndpoint(endpoint).setProject(projectId).setKey(apiKey));
  const signedUp = await request(() => users.create({ userId: user, password, ...AUTHOR }));
  if (!signedUp.ok && signedUp.kind !== 'conflict') throw new Error(signedUp.message);
  return valueOf(await request(() => users.createSession({ userId: user }))).secret;
}

/** For a start that was interrupted between the team and its row. */
async function createProjectRow(tables: TablesDB): Promise<void> {
  const row = await request(() =>
    tables.createRow({
      databaseId: 'cowrite',
      tableId: 'projects',
      rowId: PROJECT,
      data: { name: NAME },
      permissions: [`read("team:${PROJECT}")`, `update("team:${PROJECT}/owner")`, `delete("team:${PROJECT}/owner")`],
    }),
  );
  if (!row.ok && row.kind !== 'conflict') throw new Error(row.message);
}

function readPlan(dataDir: string): Plan | null {
  const path = join(dataDir, FILE);
  return existsSync(path) ? planSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

/** Written beside and renamed, so that a crash leaves the old plan or the new one; only its owner may read it. */
function keepPlan(dataDir: string, plan: Plan): Plan {
  const path = join(dataDir, FILE);
  writeFileSync(`${path}.new`, JSON.stringify(plan), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return plan;
}

function random(count: number): Uint8Array {
  return new Uint8Array(randomBytes(count));
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}
