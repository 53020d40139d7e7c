/** Appwrite's queries as they travel: JSON texts. The SDKs have builders for them; these few need no SDK. */

function query(method: string, attribute: string | undefined, values: readonly unknown[]): string {
  return JSON.stringify(attribute === undefined ? { method, values } : { method, attribute, values });
}

/** Of several values one has to fit. */
export const equal = (attribute: string, value: string | boolean | readonly string[]): string =>
  query('equal', attribute, typeof value === 'object' ? value : [value]);
export const atOrAfter = (attribute: string, value: string): string => query('greaterThanEqual', attribute, [value]);
export const atOrBefore = (attribute: string, value: string): string => query('lessThanEqual', attribute, [value]);
export const limit = (count: number): string => query('limit', undefined, [count]);
export const offset = (count: number): string => query('offset', undefined, [count]);
export const ascending = (attribute: string): string => query('orderAsc', attribute, []);
export const descending = (attribute: string): string => query('orderDesc', attribute, []);
export const below = (attribute: string, value: string | number): string => query('lessThan', attribute, [value]);
export const above = (attribute: string, value: string | number): string => query('greaterThan', attribute, [value]);
export const startsWith = (attribute: string, text: string): string => query('startsWith', attribute, [text]);
export const select = (columns: readonly string[]): string => query('select', undefined, columns);
