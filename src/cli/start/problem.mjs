/** A failure that the reader can do something about: its message is shown as it is, without a stack. */
export class Problem extends Error {
  name = 'Problem';
}

/** Whether the message alone says enough; also true for the Problem class of the built server. */
export function isProblem(error) {
  return error instanceof Error && error.name === 'Problem';
}
