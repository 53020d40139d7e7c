import { Listener } from './listener.ts';
import { Requests } from './requests.ts';
import { newRow, rowsPath } from './rows.ts';
import type { Target } from './target.ts';

const OPENED_AT_ONCE = 50;
const PATIENCE_MS = 30_000;

export interface FanOut {
  readonly sockets: number;
  readonly rows: number;
  /** Milliseconds from one row to the next. */
  readonly pause: number;
}

export interface Delivered {
  /** Milliseconds from a request to the event of its row, for each row and socket. */
  readonly samples: number[];
  /** Resident memory of the server with all sockets open, after all rows. */
  readonly memory: number | null;
}

/** Creates rows at a steady pace while sockets listen. Rejects unless every socket hears of every row. */
export async function deliver(target: Target, { sockets, rows, pause }: FanOut): Promise<Delivered> {
  const sent = new Map<string, number>();
  const samples: number[] = [];
  const heard = (rowId: string): void => {
    const at = sent.get(rowId);
    if (at !== undefined) samples.push(performance.now() - at);
  };
  const listeners: Listener[] = [];
  const requests = new Requests(target, 8);
  try {
    while (listeners.length < sockets) {
      const count = Math.min(OPENED_AT_ONCE, sockets - listeners.length);
      listeners.push(...(await Promise.all(Array.from({ length: count }, () => Listener.open(target, heard)))));
    }
    const started = performance.now();
    const answers: Promise<string>[] = [];
    for (let n = 0; n < rows; n++) {
      await wait(started + n * pause - performance.now());
      const row = newRow();
      sent.set(row.rowId, performance.now());
      answers.push(requests.send('POST', rowsPath(target, target.tables.written), row));
    }
    await Promise.all(answers);
    const end = performance.now() + PATIENCE_MS;
    while (samples.length < rows * sockets) {
      if (performance.now() > end)
        throw new Error(`${target.name}: ${samples.length} of ${rows * sockets} events came`);
      await wait(20);
    }
    return { samples, memory: (await target.usage())?.memory ?? null };
  } finally {
    for (const listener of listeners) listener.close();
    requests.close();
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
