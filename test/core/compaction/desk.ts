import { expect } from 'vitest';
import * as Y from 'yjs';
import {
  decodeUpdateRow,
  encodeUpdateRow,
  isQuarantined,
  type LogEntry,
  type UpdateRow,
} from '../../../src/core/codec.ts';
import { compactDocument, type CompactionLimits, type CompactionReport } from '../../../src/core/compaction/compact.ts';
import { readHistory } from '../../../src/core/compaction/history.ts';
import { loadState } from '../../../src/core/compaction/load.ts';
import type { Role } from '../../../src/core/roles.ts';
import { MemoryCompaction } from '../../helpers/compaction-store.ts';

export const PROJECT = 'p1';
export const DOC = 'fa';
export const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A log that people write to, and what compaction makes of it. */
export class Desk {
  readonly log: UpdateRow[] = [];
  readonly store: MemoryCompaction;
  readonly doc = new Y.Doc();
  private next: Uint8Array = new Uint8Array();
  private count = 0;

  constructor() {
    this.store = new MemoryCompaction(this.log);
    this.doc.clientID = 1;
    this.doc.on('update', (update: Uint8Array) => (this.next = update));
  }

  get text(): string {
    return this.doc.getText('text').toString();
  }

  /** Types at the end; the row is in the log unless `late`. */
  type(letters: string, late = false): UpdateRow {
    this.doc.getText('text').insert(this.text.length, letters);
    return this.row(this.next, { late });
  }

  delete(at: number, length: number): UpdateRow {
    this.doc.getText('text').delete(at, length);
    return this.row(this.next);
  }

  row(update: Uint8Array, { author = 'ana', role = 'editor' as Role, late = false } = {}): UpdateRow {
    const id = `row${this.count++}`;
    const row = encodeUpdateRow(id, DOC, update, { project: PROJECT, role, author });
    const stored = { ...row, createdAt: new Date(START + this.count * 1000).toISOString() };
    if (!late) this.log.push(stored);
    return stored;
  }

  async compact(limits: CompactionLimits = {}, store = this.store): Promise<CompactionReport> {
    const outcome = await compactDocument(store, PROJECT, DOC, limits);
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }

  /** The text of the newest snapshot and the log together: what somebody sees who opens the document now. */
  async opened(): Promise<string> {
    const loaded = await loadState(this.store, PROJECT, DOC);
    if (!loaded.ok) throw new Error(loaded.message);
    const doc = new Y.Doc();
    if (loaded.value.state) Y.applyUpdateV2(doc, loaded.value.state);
    for (const entry of this.live) Y.applyUpdate(doc, entry.update);
    return doc.getText('text').toString();
  }

  get live(): LogEntry[] {
    return this.log
      .map((row) => decodeUpdateRow(row, PROJECT, DOC))
      .flatMap((entry) => (isQuarantined(entry) ? [] : [entry]));
  }

  async history(): Promise<{ ids: string[]; text: string }> {
    const history = await readHistory(this.store, PROJECT, DOC, this.live);
    if (!history.ok) throw new Error(history.message);
    const doc = new Y.Doc();
    if (history.value.base) Y.applyUpdateV2(doc, history.value.base);
    for (const entry of history.value.entries) Y.applyUpdate(doc, entry.update);
    return { ids: history.value.entries.map((entry) => entry.id), text: doc.getText('text').toString() };
  }

  /** What has to hold at any moment, whatever happened. */
  async check(rows: number): Promise<void> {
    expect(await this.opened()).toBe(this.text);
    const { ids, text } = await this.history();
    expect(text).toBe(this.text);
    expect(ids).toHaveLength(rows);
    expect(new Set(ids).size).toBe(rows);
    const inSegments = await readHistory(this.store, PROJECT, DOC, []);
    if (!inSegments.ok) throw new Error(inSegments.message);
    const folded = inSegments.value.entries.map((entry) => entry.id);
    expect(new Set(folded).size).toBe(folded.length);
  }
}
