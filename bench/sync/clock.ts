/** Milliseconds since 1970 in fractions: comparable between pages and processes of one machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
