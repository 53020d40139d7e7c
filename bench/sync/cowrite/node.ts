import { serveInNode } from '../serve-node.ts';
import { openInNode } from './node-member.ts';

serveInNode(openInNode);
