import { cpus, totalmem } from 'node:os';

/** What the figures were measured on, in one line. */
export function machine(chromium: string | null): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const browser = chromium === null ? '' : `, Chromium ${chromium}`;
  const model = processors[0]?.model.trim() ?? 'unknown';
  return `${processors.length} × ${model}, ${memory} GB, Node ${process.versions.node}${browser}`;
}
