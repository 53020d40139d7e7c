import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, ID, Query, Teams, Users } from 'node-appwrite';
import { createNodeBackend } from '../../src/backend/node.ts';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions } from '../support/contract.ts';
import type { Undo } from '../support/undo.ts';
import type { Member } from './cowrite/connection.ts';
import type { Seat } from './host.ts';
import type { ServerReady } from './server.ts';

export const PASSWORD = 'correct horse battery';

export interface Setting extends BenchmarkOptions {
  /** Where servers and browsers keep what they store; on the disk that the project is on. */
  readonly dataDir: string;
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly session: string;
}

export type Two<T> = readonly [T, T];

/** The same thing for both of a pair. */
export async function twice<T>(make: (index: 0 | 1) => Promise<T>): Promise<Two<T>> {
  return Promise.all([make(0), make(1)]);
}

/** A server with people and projects. */
export class Stage {
  /** `http://host:port` */
  readonly url: string;
  private readonly users: Users;
  private readonly teams: Teams;

  constructor(url: string, apiKey: string) {
    this.url = url;
    const client = new Client().setEndpoint(`${url}/v1`).setProject('cowrite').setKey(apiKey);
    this.users = new Users(client);
    this.teams = new Teams(client);
  }

  async person(): Promise<Person> {
    const email = `${ID.unique()}@example.com`;
    const { $id: id } = await this.users.create({ userId: ID.unique(), email, password: PASSWORD, name: 'Someone' });
    const { secret: session } = await this.users.createSession({ userId: id });
    return { id, email, session };
  }

  /** A project of the first, in which the others are editors; resolves to its id. */
  async project([owner, ...others]: readonly [Person, ...Person[]]): Promise<string> {
    const project = ID.unique();
    const { projects } = createNodeBackend({ endpoint: `${this.url}/v1`, project: 'cowrite', session: owner.session });
    const created = await projects.create(project, 'Benchmark');
    if (!created.ok) throw new Error(created.message);
    for (const { id } of others) await this.join(project, id);
    return project;
  }

  /** The only user of a name. */
  async idOf(name: string): Promise<string> {
    const { users } = await this.users.list({ queries: [Query.equal('name', [name])] });
    const [user] = users;
    if (user === undefined || users.length > 1) throw new Error(`${users.length} users are called ${name}`);
    return user.$id;
  }

  async join(project: string, userId: string): Promise<void> {
    await this.teams.createMembership({ teamId: project, roles: ['editor'], userId });
  }
}

/** The embedded server in a process of its own. @param limits as `npm start -- --limits` */
export async function openStage(
  { root, built, dataDir }: Setting,
  limits: 'off' | 'appwrite',
  undo: Undo,
): Promise<Stage> {
  const folder = join(dataDir, `server-${limits}`);
  mkdirSync(folder);
  const args = [folder, join(root, 'appwrite.json'), join(built, 'pages'), limits];
  const server = new Child('the embedded server', join(built, 'server.js'), { args });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  return new Stage(url, apiKey);
}

/** What each of a pair types. */
export const LETTERS: Two<string> = ['a', 'b'];

/** How the two of a pair open their project. */
export function memberOf(
  project: string,
  people: Two<Person>,
  index: 0 | 1,
  profile: Member['profile'] = 'embedded',
): Member & Seat {
  return {
    project,
    author: people[index].id,
    role: index === 0 ? 'owner' : 'editor',
    letter: LETTERS[index],
    profile,
  };
}
