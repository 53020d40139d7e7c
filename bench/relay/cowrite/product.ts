import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, ID, Teams, Users } from 'node-appwrite';
import { createNodeBackend } from '../../../src/backend/node.ts';
import type { Role } from '../../../src/core/roles.ts';
import { Child } from '../../support/child.ts';
import type { Undo } from '../../support/undo.ts';
import { pagePair, twice, type Product, type Setting } from '../products.ts';
import { nodeReplica } from '../remote.ts';
import type { NodeMember } from './node.ts';
import type { PageMember } from './page.ts';
import type { ServerReady } from './server.ts';

const PASSWORD = 'correct horse battery';
const ROLES: readonly [Role, Role] = ['owner', 'editor'];

interface Person {
  readonly id: string;
  readonly email: string;
  readonly session: string;
}

/** Cowrite on the embedded server. */
export async function startCowrite({ root, built, dataDir }: Setting, undo: Undo): Promise<Product> {
  const folder = join(dataDir, 'cowrite');
  mkdirSync(folder);
  const args = [folder, join(root, 'appwrite.json'), join(built, 'pages')];
  const server = new Child('the embedded server', join(built, 'cowrite-server.js'), { args });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  const endpoint = `${url}/v1`;

  const client = new Client().setEndpoint(endpoint).setProject('cowrite').setKey(apiKey);
  const [users, teams] = [new Users(client), new Teams(client)];

  const newPerson = async (): Promise<Person> => {
    const email = `${ID.unique()}@example.com`;
    const { $id: id } = await users.create({ userId: ID.unique(), email, password: PASSWORD, name: 'Someone' });
    const { secret: session } = await users.createSession({ userId: id });
    return { id, email, session };
  };

  /** A project with an owner and an editor. */
  const newProject = async (): Promise<{ project: string; people: [Person, Person] }> => {
    const people = await twice(newPerson);
    const project = ID.unique();
    const { projects } = createNodeBackend({ endpoint, project: 'cowrite', session: people[0].session });
    const created = await projects.create(project, 'Benchmark');
    if (!created.ok) throw new Error(created.message);
    await teams.createMembership({ teamId: project, roles: [ROLES[1]], userId: people[1].id });
    return { project, people };
  };

  return {
    openInNode: async (pairUndo) => {
      const { project, people } = await newProject();
      const replicas = await twice((index) => {
        const { id: author, session } = people[index];
        const member: NodeMember = { project, author, role: ROLES[index], endpoint, session };
        return nodeReplica('a replica of Cowrite', join(built, 'bundled/cowrite.js'), member, pairUndo);
      });
      return { name: 'Cowrite', replicas, length: 0 };
    },
    openInPages: async (browsers) => {
      const { project, people } = await newProject();
      return pagePair('Cowrite', browsers, (index) => {
        const { id: author, email } = people[index];
        const options: PageMember = { project, author, role: ROLES[index], email, password: PASSWORD };
        return { url: `${url}/cowrite.html`, options };
      });
    },
  };
}
