import type { CowriteConnection } from '../../sync/cowrite/connection.ts';
import type { Connection } from '../replica.ts';

/** A text that only grows, in the file of a project that is open. */
export function growing(file: CowriteConnection): Connection {
  const { text } = file;
  let typed = 0;
  return {
    get length() {
      return text.length;
    },
    append: () => {
      typed++;
      text.insert(text.length, 'x');
    },
    onChange: (listener) => text.observe(listener),
    // Updates leave the outbox in the order in which they were typed, and only when their row is stored.
    onStored: (listener) => file.onStatus(() => listener(typed - file.pending)),
    close: () => file.close(),
  };
}
