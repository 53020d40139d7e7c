/** Appwrite's queries as they travel: JSON texts. The SDKs have builders for them; these few need no SDK. */

function query(method: string, attribute: string | undefined, values: readonly unknown[]): string {
  return JSON.stringify(attribute === undefined ? { method, values } : { method, attribute, values });
}

export const equal = (attribute: string, value: string): string => query('equal', attribute, [value]);
export const atOrAfter = (attribute: string, value: string): string => query('greaterThanEqual', attribute, [value]);
export const limit = (count: number): string => query('limit', undefined, [count]);
export const offset = (count: number): string => query('offset', undefined, [count]);
export const ascending = (attribute: string): string => query('orderAsc', attribute, []);
export const descending = (attribute: string): string => query('orderDesc', attribute, []);
