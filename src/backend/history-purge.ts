import { failure, success, type FailureKind, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';
import type { FunctionsService } from './sharing.ts';
import { COMPACT_FUNCTION } from './snapshot-store.ts';

type Execution = Awaited<ReturnType<FunctionsService['createExecution']>>;

/** As long as Appwrite waits for a Function, and a little. */
const PATIENCE_MS = 35_000;

/** The Function cannot do it now, mostly since a compaction is running. */
const BUSY = 503;
/** It is asked again after these times. */
const WAITS_MS = [2_000, 4_000, 8_000, 16_000];

/**
 * Removes the history of a document from before a moment (ISO 8601), for owners of its project; the text stays. Resolves to
 * how many updates are gone; `forbidden` for everybody else. After `offline` or `server` it may have been done in part, and
 * can be asked for again: while the Function is busy, this does so itself for half a minute.
 */
export async function purgeHistoryBefore(
  functions: FunctionsService,
  project: string,
  doc: string,
  before: string,
  wait: (ms: number) => Promise<void> = sleep,
): Promise<Outcome<number>> {
  const body = JSON.stringify({ project, doc, purgeBefore: before });
  const headers = { 'content-type': 'application/json' };
  const ask = (): Promise<Outcome<Execution>> =>
    request(
      () => functions.createExecution({ functionId: COMPACT_FUNCTION, body, async: false, headers }),
      PATIENCE_MS,
    );
  let execution = await ask();
  for (const ms of WAITS_MS) {
    if (!execution.ok || execution.value.responseStatusCode !== BUSY) break;
    await wait(ms);
    execution = await ask();
  }
  if (!execution.ok) return execution;
  const { responseStatusCode: status, responseBody } = execution.value;
  const answer = parse(responseBody);
  if (status === 200 && typeof answer['purged'] === 'number') return success(answer['purged']);
  const { error } = answer;
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return failure(kindOf(status), message === '' ? 'The history could not be purged.' : message);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function kindOf(status: number): FailureKind {
  if (status === 403) return 'forbidden';
  return status >= 400 && status < 500 ? 'rejected' : 'server';
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
