import { join } from 'node:path';
import type { NodeMember } from '../../sync/cowrite/node-member.ts';
import type { PageMember } from '../../sync/cowrite/page-member.ts';
import { memberOf, openStage, PASSWORD, twice, type Setting } from '../../sync/stage.ts';
import type { Undo } from '../../support/undo.ts';
import { pagePair, type Product } from '../products.ts';
import { nodeReplica } from '../remote.ts';

/** Cowrite on the embedded server. */
export async function startCowrite(setting: Setting, undo: Undo): Promise<Product> {
  const stage = await openStage(setting, 'off', undo);
  return {
    openInNode: async (pairUndo) => {
      const people = await twice(() => stage.person());
      const project = await stage.project(people);
      const replicas = await twice((index) => {
        const { session } = people[index];
        const member: NodeMember = { ...memberOf(project, people, index), endpoint: `${stage.url}/v1`, session };
        return nodeReplica('a replica of Cowrite', join(setting.built, 'bundled/cowrite.js'), member, pairUndo);
      });
      return { name: 'Cowrite', replicas, length: 0 };
    },
    openInPages: async (browsers) => {
      const people = await twice(() => stage.person());
      const project = await stage.project(people);
      return pagePair('Cowrite', browsers, (index) => {
        const { email } = people[index];
        const options: PageMember = { ...memberOf(project, people, index), email, password: PASSWORD };
        return { url: `${stage.url}/cowrite.html`, options };
      });
    },
  };
}
