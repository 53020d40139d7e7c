/** The Appwrite Function `compact`: says who may ask for what, and hands the rest to the rules of core. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectByKey, type KeyAccess } from '../../src/backend/compaction-store.ts';
import { AppwriteSweepStore } from '../../src/backend/sweep-store.ts';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import { tidyDaily } from '../../src/core/compaction/housekeeping.ts';
import { purgeHistory } from '../../src/core/compaction/purge.ts';
import { restAfter } from '../../src/core/compaction/rest.ts';
import { sweep } from '../../src/core/compaction/sweep.ts';
import type { Failure } from '../../src/core/failures.ts';
import { randomId } from '../../src/core/ids.ts';
import type { FunctionAnswer, FunctionContext } from '../context.ts';
import { rolesOf } from '../members.ts';
import { parseRequest } from './request.ts';

/** Somebody waits for the answer, for 30 s at most; `end: 'more'` asks them to call again. */
const ASKED_MS = 20_000;
/** The timeout in appwrite.json is 300 s; what is begun within this is finished within that. */
export const SCHEDULED_MS = 240_000;

export default async function main(context: FunctionContext): Promise<FunctionAnswer> {
  const { req, res, log, error: logError } = context;
  const refuse = (status: number, kind: string, message: string): FunctionAnswer =>
    res.json({ error: { kind, message } }, status);
  const failed = ({ kind, message }: Failure): FunctionAnswer => {
    logError(`${kind}: ${message}`);
    return refuse(kind === 'rejected' ? 422 : 503, kind, message);
  };
  try {
    const started = Date.now();
    const request = parseRequest(req.bodyText);
    if ('malformed' in request) return refuse(400, 'malformed', `This request cannot be read: ${request.malformed}.`);
    // Only for a purge does somebody sit and wait.
    const rest = request.kind === 'purge' ? undefined : alternating(started);
    const services = connectByKey(accessOf(req.headers['x-appwrite-key']), rest);
    const store = new AppwriteSweepStore(services, () => randomId((count) => new Uint8Array(randomBytes(count))));
    // Appwrite sets it; for schedules and API keys it is empty, and guests may not execute the Function.
    const caller = req.headers['x-appwrite-user-id'] ?? '';

    if (request.kind === 'sweep') {
      if (caller !== '') return refuse(403, 'forbidden', 'Only the schedule and API keys may sweep all documents.');
      const isOver = (): boolean => Date.now() - started > SCHEDULED_MS;
      const done = await sweep(store, { now: started, isOver, onProblem: logError });
      if (!done.ok) return failed(done);
      log(JSON.stringify(done.value));
      if (done.value.end === 'more') return res.json(done.value);
      const tidied = await tidyDaily(store, started, isOver);
      return tidied.ok ? res.json({ ...done.value, ...tidied.value }) : failed(tidied);
    }

    const { project, doc } = request;
    const roles = caller === '' ? ['owner'] : await rolesOf(services.teams, project, caller);
    if (roles === null) return refuse(403, 'forbidden', 'You are not a member of this project.');
    if (request.kind === 'purge') {
      if (!roles.includes('owner'))
        return refuse(403, 'forbidden', 'Only owners of the project may purge its history.');
      const purged = await purgeHistory(store, project, doc, request.before);
      return purged.ok ? res.json(purged.value) : failed(purged);
    }
    const isOver = (): boolean => Date.now() - started > ASKED_MS;
    const done = await compactDocument(store, project, doc, { isOver });
    return done.ok ? res.json(done.value) : failed(done);
  } catch (error) {
    logError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return refuse(500, 'server', 'Compaction does not work right now. Try again later.');
  }
}

/** Rests after what was worked since the last rest. */
function alternating(started: number): () => Promise<void> {
  let since = started;
  return async () => {
    await sleep(restAfter(Date.now() - since));
    since = Date.now();
  };
}

function accessOf(key = ''): KeyAccess {
  const { APPWRITE_FUNCTION_API_ENDPOINT: endpoint, APPWRITE_FUNCTION_PROJECT_ID: project } = process.env;
  if (!endpoint || !project || key === '') throw new Error('Appwrite gave this execution no endpoint, project or key.');
  return { endpoint, project, key };
}
