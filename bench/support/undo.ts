/** What has to be put right at the end, whatever the end is: the last thing first. */
export class Undo {
  private readonly actions: (() => void | Promise<void>)[] = [];

  add(action: () => void | Promise<void>): void {
    this.actions.push(action);
  }

  /** Runs `work` with an `Undo` of its own that is run when it ends, or with this one if that comes earlier. */
  async scope<T>(work: (undo: Undo) => Promise<T>): Promise<T> {
    const inner = new Undo();
    this.add(() => inner.run());
    try {
      return await work(inner);
    } finally {
      await inner.run();
    }
  }

  /** Runs everything once, also if something fails; rejects with the first failure. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let action = this.actions.pop(); action; action = this.actions.pop()) {
      try {
        await action();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_CHECK_MS = 500;
const SIGNAL_DELAY_MS = 100;

/**
 * Runs `work` with an `Undo` that is run at its end. On Ctrl+C, SIGTERM, a closed terminal, or the end of the npm that
 * started it, it is run at once and the process ends.
 */
export async function withUndo<T>(work: (undo: Undo) => Promise<T>): Promise<T> {
  const undo = new Undo();
  let stopping: Promise<never> | null = null;
  const stop = (code: number): void => {
    stopping ??= undo
      .run()
      .catch((error: unknown) => console.error(error))
      .then(() => process.exit(code));
  };
  const onSignal = (signal: NodeJS.Signals): void => stop(signal === 'SIGINT' ? 130 : 143);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const parent = process.ppid;
  // npm passes SIGTERM to its shell, which ends without passing it on.
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop(143);
  }, PARENT_CHECK_MS).unref();
  try {
    return await work(undo);
  } catch (error) {
    // Ctrl+C ends the children as well, and their end can be known before the signal.
    await new Promise((resolve) => setTimeout(resolve, SIGNAL_DELAY_MS));
    throw error;
  } finally {
    // What is stopped half-way fails in many ways; none of them matters.
    if (stopping) await (stopping as Promise<never>);
    clearInterval(watch);
    await undo.run();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
