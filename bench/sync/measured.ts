/** What was measured, or why it could not be. */
export type Measured<T> =
  { readonly value: T; readonly problem: null } | { readonly value: null; readonly problem: string };

/** In characters: some tools tell a long story. */
const LONGEST_PROBLEM = 300;

/** One figure that cannot be had does not keep the others from being measured. */
export async function measured<T>(measure: () => Promise<T>): Promise<Measured<T>> {
  try {
    return { value: await measure(), problem: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { value: null, problem: message.replace(/\s+/g, ' ').slice(0, LONGEST_PROBLEM) };
  }
}

/** All of them, or why there are not all. */
export function together<T>(all: readonly Measured<T>[]): Measured<readonly T[]> {
  const values: T[] = [];
  for (const each of all) {
    if (each.problem !== null) return each;
    values.push(each.value);
  }
  return { value: values, problem: null };
}

/** Throws why there is nothing. */
export function available<T>(what: Measured<T>): T {
  if (what.problem !== null) throw new Error(what.problem);
  return what.value;
}
