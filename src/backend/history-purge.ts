import { failure, success, type FailureKind, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';
import type { FunctionsService } from './sharing.ts';
import { COMPACT_FUNCTION } from './snapshot-store.ts';

/** As long as Appwrite waits for a Function, and a little. */
const PATIENCE_MS = 35_000;

/**
 * Removes the history of a document from before a moment (ISO 8601), for owners of its project; the text stays. Resolves to
 * how many updates are gone; `forbidden` for everybody else. After `offline` or `server` it may have been done in part, and
 * can be asked for again.
 */
export async function purgeHistoryBefore(
  functions: FunctionsService,
  project: string,
  doc: string,
  before: string,
): Promise<Outcome<number>> {
  const body = JSON.stringify({ project, doc, purgeBefore: before });
  const headers = { 'content-type': 'application/json' };
  const execution = await request(
    () => functions.createExecution({ functionId: COMPACT_FUNCTION, body, async: false, headers }),
    PATIENCE_MS,
  );
  if (!execution.ok) return execution;
  const { responseStatusCode: status, responseBody } = execution.value;
  const answer = parse(responseBody);
  if (status === 200 && typeof answer['purged'] === 'number') return success(answer['purged']);
  const { error } = answer;
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return failure(kindOf(status), message === '' ? 'The history could not be purged.' : message);
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
