import { cpus, loadavg, totalmem } from 'node:os';

/** How busy the machine is, over the last minute. Taken before the run: the benchmark itself makes it busy. */
export function load(): string {
  return `load average ${(loadavg()[0] ?? 0).toFixed(1)} before the run`;
}

/** What the figures were measured on, in one line. */
export function machine(chromium: string | null): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const browser = chromium === null ? '' : `, Chromium ${chromium}`;
  const model = processors[0]?.model.trim() ?? 'unknown';
  return `${processors.length} × ${model}, ${memory} GB, Node ${process.versions.node}${browser}`;
}
