/** A failure that the reader can do something about: its message is shown as it is, without a stack. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** The `code` of a system error such as `EADDRINUSE`, or `undefined` for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The system call that failed, such as `listen`, or `undefined` for anything but a system error. */
export function systemCall(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error)) return undefined;
  return typeof error.syscall === 'string' ? error.syscall : undefined;
}
