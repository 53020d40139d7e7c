import { createNodeBackend } from '../../../src/backend/node.ts';
import { memoryDevice, noTabs } from '../../relay/cowrite/memory-device.ts';
import { serveInNode } from '../serve-node.ts';
import { openProject, type Member } from './connection.ts';

/** @param session the secret of a session of the member */
export interface NodeMember extends Member {
  readonly endpoint: string;
  readonly session: string;
}

serveInNode((member: NodeMember) => {
  const backend = createNodeBackend({ endpoint: member.endpoint, project: 'cowrite', session: member.session });
  return openProject(member, backend, memoryDevice(), noTabs);
});
