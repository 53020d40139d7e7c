/** Where progress is written: standard error, so that the report can be piped on. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** On a terminal one line is written anew this often; elsewhere a line is added. Milliseconds. */
const REWRITE_MS = 100;
const ADD_MS = 10_000;

export interface Progress {
  /** What is being done now, in words. */
  tell(doing: string): void;
  /** Takes the line away again. */
  end(): void;
}

/** Shows what a long examination is doing; a short one shows nothing where nobody looks at a terminal. */
export function showProgress(stream: ProgressStream, now: () => number): Progress {
  const rewrites = stream.isTTY === true;
  let last = rewrites ? -Infinity : now();
  let isShown = false;
  return {
    tell(doing) {
      const time = now();
      if (time - last < (rewrites ? REWRITE_MS : ADD_MS)) return;
      last = time;
      const text = doing.replaceAll(/\p{C}/gu, '�');
      stream.write(rewrites ? `\r\u001B[K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
      isShown = true;
    },
    end() {
      if (rewrites && isShown) stream.write('\r\u001B[K');
      isShown = false;
    },
  };
}
