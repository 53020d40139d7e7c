/** Folds a log that lies in a file, alone in its process: `node fold.js LOG FOLDER ROWS`. */
import { existsSync, readFileSync } from 'node:fs';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import { decodeFrame, isDamage } from '../../src/core/compaction/frame.ts';
import { DOC, FileLog, PROJECT } from './file-log.ts';

export interface Folded {
  /** Milliseconds of processor time, and of the clock. */
  readonly cpu: number;
  readonly wall: number;
  /** Bytes: the most that the process has had in memory. */
  readonly peak: number;
  readonly generations: number;
  /** The newest state as it is stored, and unpacked. */
  readonly stateBytes: number;
  readonly stateContent: number;
  readonly segmentBytes: number;
}

const [path = '', folder = '', rows = ''] = process.argv.slice(2);
const log = new FileLog(path, folder, Number(rows));
const [before, start] = [process.cpuUsage(), performance.now()];
const done = await compactDocument(log, PROJECT, DOC);
const { user, system } = process.cpuUsage(before);
const wall = performance.now() - start;
const peak = peakMemory();
log.close();
if (!done.ok || done.value.folded !== Number(rows)) throw new Error(`Not folded: ${JSON.stringify(done)}`);
const content = decodeFrame('state', log.headState);
if (isDamage(content)) throw new Error(content.damage);

/** On Linux `maxRSS` also counts what the parent had in memory when it made this process. */
function peakMemory(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return 1_024 * (own === undefined ? process.resourceUsage().maxRSS : Number(own));
}

process.on('disconnect', () => process.exit(0));
process.send?.({
  cpu: (user + system) / 1_000,
  wall,
  peak,
  generations: log.snapshots.length,
  stateBytes: log.head?.stateBytes ?? 0,
  stateContent: content.length,
  segmentBytes: log.snapshots.reduce((sum, { segmentBytes }) => sum + segmentBytes, 0),
} satisfies Folded);
