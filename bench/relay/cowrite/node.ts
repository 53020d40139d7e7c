import { openInNode, type NodeMember } from '../../sync/cowrite/node-member.ts';
import { serveInNode } from '../serve-node.ts';
import { growing } from './connection.ts';

serveInNode(async (member: NodeMember) => growing(await openInNode(member)));
