import { Requests } from './requests.ts';
import { newRow, rowsPath } from './rows.ts';
import type { Target } from './target.ts';

export interface Throughput {
  /** Rows a second. */
  readonly rate: number;
  /** Milliseconds of the server's processor time a row; null if it cannot be asked. */
  readonly processor: number | null;
}

/** What so many writers get acknowledged, each sending its next row when it has the answer. */
export async function throughput(target: Target, writers: number, milliseconds: number): Promise<Throughput> {
  const requests = new Requests(target, writers);
  const path = rowsPath(target, target.tables.written);
  const before = await target.usage();
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
    const rate = stored / ((performance.now() - started) / 1000);
    const after = await target.usage();
    return { rate, processor: before && after && (after.processor - before.processor) / stored };
  } finally {
    requests.close();
  }
}
