/** A process that opens documents when its parent asks, one after the other. */

/** What to open besides where: on a device that holds what the opening before left, or on an empty one. */
export interface Asked {
  readonly warm: boolean;
}

export interface Answer {
  /** Milliseconds from the call until the text is there, from the device or from the server. */
  readonly text: number;
  /** … until the replica is in sync with the server. */
  readonly synced: number;
  /** Of the text. */
  readonly length: number;
}

/** Answers each message with what comes of it, and ends with its parent. */
export function serve(answer: (message: never) => Promise<Answer>): void {
  process.on('message', (message: unknown) => {
    answer(message as never).then(
      (value) => process.send?.({ value }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
