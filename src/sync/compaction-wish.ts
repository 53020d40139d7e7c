import { COMPACTION_EVERY_MS, COMPACTION_SPREAD_MS } from '../core/limits.ts';
import type { Environment } from './environment.ts';
import type { Journal } from './journal.ts';

/**
 * Asks for the compaction of one document whose log is long: after a random time, so that many who open it together do not
 * ask together, only if nobody else's request was carried out by then, and not again for a while [SNAP-5].
 */
export class CompactionWish {
  private readonly env: Environment;
  private readonly doc: string;
  private readonly journal: Journal;
  private cancel: (() => void) | null = null;
  private askedAt: number | null = null;

  constructor(env: Environment, doc: string, journal: Journal) {
    this.env = env;
    this.doc = doc;
    this.journal = journal;
  }

  /** @param generation the newest snapshot when the long log was met */
  wanted(generation: number): void {
    const { clock, random, report } = this.env;
    if (this.cancel !== null) return;
    if (this.askedAt !== null && clock.now() - this.askedAt < COMPACTION_EVERY_MS) return;
    this.cancel = clock.after(random() * COMPACTION_SPREAD_MS, () => {
      this.cancel = null;
      this.ask(generation).catch(report);
    });
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private async ask(generation: number): Promise<void> {
    const { snapshots, project, clock } = this.env;
    const newer = await snapshots.head(project, this.doc, generation);
    if (!newer.ok || newer.value !== null) return;
    this.askedAt = clock.now();
    const asked = await snapshots.compact(project, this.doc);
    this.journal.add(asked.ok ? 'long log: compaction was asked for' : `no compaction: ${asked.message}`, this.doc);
  }
}
