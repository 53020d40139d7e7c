/** The Appwrite Function `share`: turns an execution into a request of the rules in links.ts, and their outcome into an answer. */
import { randomBytes } from 'node:crypto';
import type { FunctionAnswer, FunctionContext } from '../context.ts';
import { appwritePorts } from './appwrite.ts';
import { createLink, join, membership, type SharePorts } from './links.ts';
import { Refusal, refuse } from './refusal.ts';
import { parseRequest } from './request.ts';

export default async function main({ req, res, error: logError }: FunctionContext): Promise<FunctionAnswer> {
  try {
    const caller = req.headers['x-appwrite-user-id'] ?? '';
    if (caller === '') refuse(401, 'unauthenticated', 'Sign in first.');
    const request = parseRequest(req.bodyText);
    const ports = portsFor(req.headers['x-appwrite-key'] ?? '');
    switch (request.action) {
      case 'createLink':
        return res.json(await createLink(ports, caller, request), 201);
      case 'join':
        return res.json(await join(ports, caller, request.token), 200);
      case 'membership':
        return res.json(await membership(ports, caller, request.project), 200);
    }
  } catch (error) {
    if (error instanceof Refusal) {
      return res.json({ error: { kind: error.kind, message: error.message } }, error.status);
    }
    logError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return res.json({ error: { kind: 'server', message: 'Sharing does not work right now. Try again later.' } }, 500);
  }
}

function portsFor(key: string): SharePorts {
  const { APPWRITE_FUNCTION_API_ENDPOINT: endpoint, APPWRITE_FUNCTION_PROJECT_ID: project } = process.env;
  if (!endpoint || !project || key === '') throw new Error('Appwrite gave this execution no endpoint, project or key.');
  return {
    ...appwritePorts({ endpoint, project, key }),
    now: () => Date.now(),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  };
}
