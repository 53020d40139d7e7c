import type { Condition, Documents } from './documents.ts';
import { fieldSql } from './documents.ts';
import { invalidParam, ServerError } from './errors.ts';
import { isObject } from './json.ts';
import { queryTexts, text, wantsTotal } from './params.ts';
import type { Params } from './params.ts';
import { parseQuery, QueryProblem } from './queries.ts';
import { join, pageSql, planQueries } from './query-sql.ts';
import type { Attribute, Plan } from './query-sql.ts';
import type { SqlValue } from './sqlite.ts';

/** The fields by which a kind of document can be queried. */
export type Fields = Readonly<Record<string, Attribute['kind']>>;

const COMMON: Fields = { $id: 'text', $createdAt: 'time', $updatedAt: 'time' };
const MAX_TOTAL = 5000;
const MIN_WORD_LENGTH = 3;
const MAX_SEARCH_LENGTH = 256;

/** Where documents are known to clients by another id than the one they are stored under. */
export interface ShownIds {
  /** The field that holds what clients call `$id`. */
  readonly field: string;
  /** Under which id a document is stored. */
  keyOf(shown: string): string;
}

/**
 * A page of documents for a list route: queries, `search` in the searched fields, and `total`.
 * `within` limits the list to what the caller may see.
 */
export function listDocuments<T extends { $id: string }>(
  documents: Documents<T>,
  params: Params,
  options: { fields: Fields; searched?: readonly string[]; within?: Condition; ids?: ShownIds },
): { total: number; items: T[] } {
  const attributes = new Map<string, Attribute>([['$sequence', { sql: 'seq', kind: 'sequence' }]]);
  for (const [name, kind] of Object.entries({ ...COMMON, ...options.fields }))
    attributes.set(name, { sql: fieldSql(name), kind });
  if (options.ids) attributes.set('$id', { sql: fieldSql(options.ids.field), kind: 'text' });
  const plan = plannedQueries(params, attributes);
  const search = searchCondition(params, options.searched ?? []);
  const within = join([plan.where, search, options.within ?? { sql: '1', values: [] }], 'AND');
  const page = pageSql(plan, attributes, cursorOf(documents, plan, options.ids));
  const items = documents.select(join([within, page.where], 'AND'), page.tail);
  const total = wantsTotal(params) ? documents.count(within, MAX_TOTAL) : 0;
  return { total, items: plan.cursor?.before === true ? items.reverse() : items };
}

function plannedQueries(params: Params, attributes: Map<string, Attribute>): Plan {
  try {
    return planQueries(queryTexts(params).map(parseQuery), attributes);
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error;
    if (error.syntax) throw new ServerError('general_query_invalid', error.message);
    throw invalidParam('queries', error.message);
  }
}

/** As a full-text index finds: one of the words (of three letters or more) occurs in one of the fields. */
function searchCondition(params: Params, fields: readonly string[]): Condition {
  const { search } = params;
  if (fields.length === 0 || typeof search !== 'string' || search === '') return { sql: '1', values: [] };
  const words = text(params, 'search', { max: MAX_SEARCH_LENGTH })
    .split(/[^\p{L}\p{N}_]+/u)
    .filter((word) => word.length >= MIN_WORD_LENGTH);
  if (words.length === 0) return { sql: '0', values: [] };
  const conditions = fields.flatMap((field) =>
    words.map((word) => ({
      sql: String.raw`${fieldSql(field)} LIKE ? ESCAPE '\'`,
      values: [`%${word.replaceAll('_', String.raw`\_`)}%`],
    })),
  );
  return join(conditions, 'OR');
}

function cursorOf<T extends { $id: string }>(
  documents: Documents<T>,
  plan: Plan,
  ids: ShownIds = { field: '$id', keyOf: (shown) => shown },
): ((attribute: string) => SqlValue) | undefined {
  if (!plan.cursor) return undefined;
  const { id: shown } = plan.cursor;
  const id = ids.keyOf(shown);
  const doc: unknown = documents.get(id);
  if (!isObject(doc))
    throw new ServerError('general_cursor_not_found', `Document '${shown}' for the 'cursor' value not found.`);
  return (attribute) => {
    if (attribute === '$sequence') return documents.sequence(id) ?? null;
    const value = doc[attribute === '$id' ? ids.field : attribute];
    if (typeof value === 'boolean') return value ? 1 : 0;
    return typeof value === 'string' || typeof value === 'number' ? value : null;
  };
}
