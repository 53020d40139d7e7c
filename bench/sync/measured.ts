/** What was measured, or why it could not be. */
export type Measured<T> =
  { readonly value: T; readonly problem: null } | { readonly value: null; readonly problem: string };

/** One figure that cannot be had does not keep the others from being measured. */
export async function measured<T>(measure: () => Promise<T>): Promise<Measured<T>> {
  try {
    return { value: await measure(), problem: null };
  } catch (error) {
    return { value: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
