import { Requests } from './requests.ts';
import { newRow, rowsPath } from './rows.ts';
import type { Target } from './target.ts';

const AT_ONCE = 100;

/** Fills the table that is listed. */
export async function fill(target: Target, count: number): Promise<void> {
  const requests = new Requests(target, 1);
  for (let stored = 0; stored < count; stored += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, () => {
      const { rowId, data, permissions } = newRow();
      return { $id: rowId, $permissions: permissions, ...data };
    });
    await requests.send('POST', rowsPath(target, target.tables.listed), { rows });
  }
  requests.close();
}

/** Milliseconds until so many rows are here and parsed, for each time. */
export async function list(target: Target, count: number, times: number): Promise<number[]> {
  const requests = new Requests(target, 1);
  const limit = encodeURIComponent(JSON.stringify({ method: 'limit', values: [count] }));
  const samples: number[] = [];
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    const text = await requests.send('GET', `${rowsPath(target, target.tables.listed)}?queries[0]=${limit}`);
    const { rows } = JSON.parse(text) as { rows: unknown[] };
    samples.push(performance.now() - started);
    if (rows.length !== count) throw new Error(`${target.name} lists ${rows.length} rows instead of ${count}`);
  }
  requests.close();
  return samples;
}
