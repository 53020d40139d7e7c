/** The Appwrite Function `share`: turns an execution into a request of the rules beside it, and their outcome into an answer. */
import { randomBytes } from 'node:crypto';
import type { FunctionAnswer, FunctionContext } from '../context.ts';
import { membership } from './access.ts';
import { appwritePorts, type AppwriteAccess } from './appwrite.ts';
import { Attempts } from './attempts.ts';
import { createLink, join, listLinks, revokeLink } from './links.ts';
import { changeRole, handOver, leave, listMembers, removeMember } from './members.ts';
import type { SharePorts } from './ports.ts';
import { Refusal, refuse } from './refusal.ts';
import { parseRequest, type ShareRequest } from './request.ts';
import { sweepPorts } from './sweep-ports.ts';
import { sweep } from './sweep.ts';

/** The timeout in appwrite.json is 300 s; what is begun within this is finished within that. */
const SCHEDULED_MS = 240_000;
/** Who asks waits for the answer, for 30 s at most. */
const ASKED_MS = 20_000;

/** They live as long as the process that serves the executions: a wrong guess is not worth a row. */
const byUser = new Attempts(10);
/** Behind one address there may be a whole school. */
const byAddress = new Attempts(100);

export default async function main({ req, res, log, error: logError }: FunctionContext): Promise<FunctionAnswer> {
  try {
    const caller = req.headers['x-appwrite-user-id'] ?? '';
    if (caller === '') return await runSweep(req, res, log);
    const request = parseRequest(req.bodyText);
    if (request.action === 'join') refuseGuessing(caller, addressOf(req));
    const ports = portsFor(req.headers['x-appwrite-key']);
    const body = await carryOut(ports, caller, request);
    return res.json(body, request.action === 'createLink' ? 201 : 200);
  } catch (error) {
    if (error instanceof Refusal) {
      if (error.kind === 'link-unknown') log(noteGuess(req.headers['x-appwrite-user-id'] ?? '', addressOf(req)));
      return res.json({ error: { kind: error.kind, message: error.message } }, error.status);
    }
    logError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return res.json({ error: { kind: 'server', message: 'Sharing does not work right now. Try again later.' } }, 500);
  }
}

/** Without a caller it is the schedule or an API key that executes the Function: guests may not. */
async function runSweep(
  { headers }: FunctionContext['req'],
  res: FunctionContext['res'],
  log: FunctionContext['log'],
): Promise<FunctionAnswer> {
  const isSchedule = headers['x-appwrite-trigger'] === 'schedule';
  if (!isSchedule && headers['x-appwrite-trigger'] !== 'http') refuse(401, 'unauthenticated', 'Sign in first.');
  const started = Date.now();
  const report = await sweep(sweepPorts(accessOf(headers['x-appwrite-key'])), started, () => {
    return Date.now() - started > (isSchedule ? SCHEDULED_MS : ASKED_MS);
  });
  log(JSON.stringify(report));
  return res.json(report, 200);
}

async function carryOut(ports: SharePorts, caller: string, request: ShareRequest): Promise<object> {
  switch (request.action) {
    case 'membership':
      return membership(ports, caller, request.project);
    case 'join':
      return join(ports, caller, request.token);
    case 'createLink':
      return createLink(ports, caller, request);
    case 'links':
      return listLinks(ports, caller, request.project);
    case 'revokeLink':
      await revokeLink(ports, caller, request.project, request.link);
      return {};
    case 'members':
      return listMembers(ports, caller, request.project);
    case 'changeRole':
      return changeRole(ports, caller, request.project, request.member, request.role);
    case 'removeMember':
      await removeMember(ports, caller, request.project, request.member);
      return {};
    case 'leave':
      await leave(ports, caller, request.project);
      return {};
    case 'handOver':
      return handOver(ports, caller, request.project, request.member);
  }
}

function refuseGuessing(caller: string, address: string): void {
  const now = Date.now();
  const isBlocked = (attempts: Attempts, key: string): boolean =>
    key !== '' && attempts.blockedUntil(key, now) !== null;
  if (!isBlocked(byUser, caller) && !isBlocked(byAddress, address)) return;
  refuse(429, 'too-many-tries', 'Too many links that do not exist. Wait ten minutes, then try again.');
}

/** Returns what is to be logged. */
function noteGuess(caller: string, address: string): string {
  const now = Date.now();
  const counts = [byUser.failed(caller, now), byAddress.failed(address, now)];
  return `A token that does not exist, from user ${caller} at ${address} (${counts.join(' and ')} in ten minutes).`;
}

function addressOf({ headers }: FunctionContext['req']): string {
  return headers['x-appwrite-client-ip'] ?? '';
}

function portsFor(key: string | undefined): SharePorts {
  return {
    ...appwritePorts(accessOf(key)),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => Date.now(),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  };
}

function accessOf(key = ''): AppwriteAccess {
  const { APPWRITE_FUNCTION_API_ENDPOINT: endpoint, APPWRITE_FUNCTION_PROJECT_ID: project } = process.env;
  if (!endpoint || !project || key === '') throw new Error('Appwrite gave this execution no endpoint, project or key.');
  return { endpoint, project, key };
}
