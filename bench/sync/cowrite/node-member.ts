import { createNodeBackend } from '../../../src/backend/node.ts';
import { memoryDevice, noTabs } from '../../relay/cowrite/memory-device.ts';
import { openProject, type CowriteConnection, type Member } from './connection.ts';

/** @param session the secret of a session of the member */
export interface NodeMember extends Member {
  readonly endpoint: string;
  readonly session: string;
}

/** Opens the file of a member in this process; the outbox is in memory. */
export function openInNode(member: NodeMember): Promise<CowriteConnection> {
  const backend = createNodeBackend({ endpoint: member.endpoint, project: 'cowrite', session: member.session });
  return openProject(member, backend, memoryDevice(), noTabs);
}
