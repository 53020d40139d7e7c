/** How long a clean stop may take before the process ends all the same. */
const STOP_LIMIT_MS = 10_000;
/** npm and the terminal may both send the same Ctrl+C: only a later one means "now". */
const REPEAT_AFTER_MS = 500;
/** How often we look whether the npm that started us is still there. */
const PARENT_CHECK_MS = 500;

/**
 * Stops cleanly on Ctrl+C, SIGTERM and a closed terminal: calls what `closeWith` was given, then ends the process with
 * code 0. A signal that comes before (the server is still starting) stops it as soon as it has started; a second
 * Ctrl+C ends the process at once. A SIGTERM that ends only the `npm start` around us counts as well: npm passes it to
 * its shell, which does not pass it on.
 */
export function stopOnSignal(say) {
  let close;
  let askedAt;
  let stopping = false;

  const stop = async () => {
    if (stopping || close === undefined) return;
    stopping = true;
    setTimeout(() => {
      console.error('Stopping took too long: giving up.');
      process.exit(1);
    }, STOP_LIMIT_MS).unref();
    try {
      await close();
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  };

  const ask = () => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > REPEAT_AFTER_MS) process.exit(130);
      return;
    }
    askedAt = performance.now();
    say('\nStopping…');
    void stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask);
  if (process.env.npm_lifecycle_event !== undefined) onceOrphaned(ask);

  return {
    closeWith(fn) {
      close = fn;
      if (askedAt !== undefined) void stop();
    },
  };
}

/** Calls `then` when the parent process has ended and another has taken its place. */
function onceOrphaned(then) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, PARENT_CHECK_MS).unref();
}
