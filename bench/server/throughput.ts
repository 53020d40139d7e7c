import { Requests } from './requests.ts';
import { newRow, rowsPath } from './rows.ts';
import type { Target } from './target.ts';

/** Rows a second that so many writers get acknowledged, each sending its next row when it has the answer. */
export async function throughput(target: Target, writers: number, milliseconds: number): Promise<number> {
  const requests = new Requests(target, writers);
  const path = rowsPath(target, target.tables.written);
  const started = performance.now();
  let stored = 0;
  const write = async (): Promise<void> => {
    while (performance.now() - started < milliseconds) {
      await requests.send('POST', path, newRow());
      stored += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: writers }, write));
    return stored / ((performance.now() - started) / 1000);
  } finally {
    requests.close();
  }
}
