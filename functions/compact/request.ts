/**
 * The requests of the Function `compact`, as JSON in the body:
 *
 *     {project, doc}                    → 200 the report of one document; for members
 *     {project, doc, purgeBefore: ISO}  → 200 {purged}: the history before that moment is gone; for owners
 *     {}, or nothing                    → 200 the report of a sweep; for schedules and API keys
 */
import { documentKind } from '../../src/core/ids.ts';

export type CompactRequest =
  | { readonly kind: 'document'; readonly project: string; readonly doc: string }
  | { readonly kind: 'purge'; readonly project: string; readonly doc: string; readonly before: string }
  | { readonly kind: 'sweep' };

/** Reads a body, or says what is wrong with it. */
export function parseRequest(bodyText: string): CompactRequest | { readonly malformed: string } {
  let body: unknown;
  try {
    body = bodyText.trim() === '' ? {} : JSON.parse(bodyText);
  } catch {
    return { malformed: 'the body must be JSON' };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { malformed: 'the body must be an object' };
  const { project, doc, purgeBefore } = body as Record<string, unknown>;
  if (project === undefined && doc === undefined && purgeBefore === undefined) return { kind: 'sweep' };
  if (typeof project !== 'string' || !/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/.test(project)) {
    return { malformed: '"project" must be the id of a project' };
  }
  if (typeof doc !== 'string' || documentKind(doc) === null) return { malformed: '"doc" must be the id of a document' };
  if (purgeBefore === undefined) return { kind: 'document', project, doc };
  const time = typeof purgeBefore === 'string' ? Date.parse(purgeBefore) : NaN;
  if (Number.isNaN(time)) return { malformed: '"purgeBefore" must be a moment like 2026-01-31T00:00:00.000Z' };
  return { kind: 'purge', project, doc, before: new Date(time).toISOString() };
}
