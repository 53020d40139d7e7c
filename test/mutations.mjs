/**
 * `npm run test:mutations [-- WORDS…]`: breaks the synchronisation on purpose, one rule at a time in a copy of the project,
 * and runs its tests and the simulator. Each of these bugs has to make them fail; the table goes into docs/mutations.md.
 * With words only those bugs are tried whose description contains one of them.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is broken, where, and how: `[what, file, from, to]`. */
const MUTATIONS = [
  ['re-reads without overlap', 'src/sync/inbox.ts', '- CATCH_UP_OVERLAP_MS).toISOString', ').toISOString'],
  [
    'events move the position of the next list',
    'src/sync/inbox.ts',
    'this.applied.set(entry.id, Date.parse(entry.createdAt));',
    'this.applied.set(entry.id, Date.parse(entry.createdAt)); this.newestListed = Date.parse(entry.createdAt);',
  ],
  ['the feed is not held while rows are listed, but dropped', 'src/sync/document-sync.ts', 'this.held.push(row);', ''],
  [
    'rows are listed before the subscription is acknowledged',
    'src/sync/document-sync.ts',
    'if (this.closed || !this.live) return;',
    'if (this.closed) return;',
  ],
  [
    'caught up as soon as the feed is live',
    'src/sync/document-sync.ts',
    'this.caughtUp = false;\n    this.attempt = 0;',
    'this.caughtUp = true;\n    this.attempt = 0;',
  ],
  [
    'the snapshot is read before the rows',
    'src/sync/document-sync.ts',
    'const since = this.inbox.since;',
    'const since = this.inbox.since;\n    const early = await this.snapshots.read();',
    'const snapshot = rows.ok ? await this.snapshots.read() : null;',
    'const snapshot = early;',
  ],
  ['a gap is not looked after', 'src/sync/gap-watch.ts', 'if (hasGap()) onGap();', ''],
  [
    'no periodic re-reads',
    'src/sync/project-sync.ts',
    'for (const document of this.documents.values()) document.read();\n      this.adoptAll',
    'this.adoptAll',
  ],
  ['no repair diff', 'src/sync/repair-diff.ts', 'if (missing) this.sender.add(missing);', ''],
  [
    'equal state vectors count as equal',
    'src/core/repair.ts',
    'const found: Uint8Array[] = [];',
    'if (String(Y.encodeStateVector(local)) === String(Y.encodeStateVector(server))) return null;\n  const found: Uint8Array[] = [];',
  ],
  [
    'a new row id for each try',
    'src/sync/sender.ts',
    'this.encode(batch.row, batch.update, ',
    'this.encode(randomId(this.env.randomBytes), batch.update, ',
  ],
  [
    'a batch takes more while it is sent',
    'src/sync/outbox.ts',
    'batch.sealed = true;\n    await batch.stored;',
    'await batch.stored;',
  ],
  [
    'sent without waiting for the device',
    'src/sync/outbox.ts',
    'batch.sealed = true;\n    await batch.stored;',
    'batch.sealed = true;',
  ],
  [
    'the outbox forgets a row when it is sent, not when it is stored',
    'src/sync/sender.ts',
    'const outcome = await Promise.race',
    'await this.outbox.acknowledge(batch.row);\n      const outcome = await Promise.race',
  ],
  [
    'the outbox forgets a row that is refused',
    'src/sync/sender.ts',
    'return this.stop(sentence(result));',
    'await this.outbox.acknowledge(batch.row);\n        return this.stop(sentence(result));',
  ],
  [
    'any taken id counts as stored',
    'src/sync/sender.ts',
    'if (same) return success(undefined);',
    'return success(undefined);',
  ],
  [
    'rows of living pages are taken over',
    'src/sync/outbox.ts',
    'else if (await device.isAlive(owner)) elsewhere.set(row, entries.length);\n      else left',
    'else left',
  ],
  ['nobody takes over what dead pages left', 'src/sync/outbox.ts', 'else left.push(closedBatch(row, entries));', ''],
  [
    'updates are written to the device one by one, failures left out',
    'src/sync/outbox.ts',
    'this.unkept = this.unkept.filter((each) => !all.includes(each));\n    this.options.onChange();\n  }',
    'this.options.onChange();\n  }',
    'if (!kept.ok) return;',
    'this.unkept = this.unkept.filter((each) => !all.includes(each));\n    if (!kept.ok) return;',
  ],
  [
    'tabs are told before the device has it',
    'src/sync/sender.ts',
    'this.outbox\n      .add(update)',
    "this.env.tabs.post({ type: 'update', doc: this.doc, row: 'x', position: 1, update });\n    this.outbox\n      .add(update)",
  ],
  [
    'edits that wait in other tabs are not counted',
    'src/sync/outbox.ts',
    'count += updates;\n      onDevice += updates;',
    '',
  ],
  [
    'status is saved while something waits',
    'src/core/status.ts',
    "if (facts.pending > 0) return report('saving', `Saving ${edits}…`);",
    '',
  ],
  ['a viewer’s edits are sent', 'src/core/roles.ts', "return role === 'owner' || role === 'editor';", 'return true;'],
  [
    'rows without a stamp count',
    'src/core/codec.ts',
    "if ('invalid' in stamp) return quarantine(stamp.invalid);",
    "if ('invalid' in stamp) return { id: row.id, doc, update: decodeBase64(row.data) ?? new Uint8Array(), stamp: { project, role: 'editor', author: '' }, createdAt: row.createdAt };",
  ],
  [
    'one row that cannot be applied stops the others',
    'src/core/codec.ts',
    "if (!isYjsUpdate(update)) return quarantine('not a Yjs update');",
    "if (!isYjsUpdate(update)) throw new Error('not a Yjs update');",
  ],
  [
    'each write to the device takes everything along',
    'src/sync/outbox.ts',
    'this.unkept.length > MOST_WRITTEN_TWICE ? this.writing : null',
    'null',
  ],
  [
    'the 429 window is not waited for',
    'src/sync/governor.ts',
    'if (now < this.closedUntil) return this.closedUntil - now;',
    '',
  ],
  ['the governor lets everything go', 'src/sync/governor.ts', 'if (wait > 0) return Math.ceil(wait);', ''],
  [
    'whatever is urgent goes, reserve or not',
    'src/sync/governor.ts',
    'if (excess !== undefined) return',
    'if (!urgent && excess !== undefined) return',
  ],
  [
    'the interval does not widen',
    'src/sync/governor.ts',
    'return Math.max(interval, token, unwatched);',
    'return Math.max(token, unwatched);',
  ],
  [
    'replicas of a user do not share their budget',
    'src/sync/governor.ts',
    'this.replicas = Math.max(1, replicas);',
    '',
  ],
  [
    'a clock that was set back stops sending',
    'src/sync/governor.ts',
    'this.lastAt -= back;',
    '',
    'this.spent = this.spent.map((time) => time - back);',
    '',
  ],
  [
    'turning away sends nothing',
    'src/sync/sender.ts',
    'this.urgent = this.outbox.rows;\n    if (this.delay',
    'if (this.delay',
  ],
  [
    'digests of the state vector alone',
    'src/core/digest.ts',
    'Y.encodeSnapshot(Y.snapshot(doc))',
    'Y.encodeStateVector(doc)',
  ],
  [
    'nobody compares digests',
    'src/sync/agreement.ts',
    'const same = copy.digest === this.digest;',
    'const same = true;',
  ],
  ['a difference counts at once', 'src/sync/agreement.ts', ' || this.isFresh(client)', ''],
  [
    'digests of before the last change count as a difference',
    'src/sync/agreement.ts',
    'copy.heardAt <= this.changedAt || ',
    '',
  ],
  [
    'healing reads only what is new',
    'src/sync/document-sync.ts',
    'this.inbox.forgetAll();\n    // And',
    '// And',
    'this.snapshots.forget();\n    this.read();',
    'this.read();',
  ],
  [
    'digests are published of a document that changes',
    'src/sync/agreement.ts',
    'this.digest = null;\n    this.told = false;',
    '',
  ],
  [
    'a cursor counts whoever sent it',
    'src/sync/presence-sync.ts',
    "if ('invalid' in stamp || known?.user?.id !== stamp.author) return;",
    "if ('invalid' in stamp || !known?.user) return;",
  ],
  [
    'a cursor whose row was lost is forgotten',
    'src/sync/sender.ts',
    'if (!outcome.ok && row.presence !== undefined) this.shared.passenger.missed();',
    '',
  ],
  [
    'fifty cursors as fast as two',
    'src/sync/presence-sync.ts',
    'PUT_INTERVAL_PER_REPLICA_MS * this.company.others',
    '0',
  ],
  [
    'a server clock that was set back hides rows',
    'src/sync/inbox.ts',
    'this.newestListed === null || this.lists % COMPLETE_LIST_EVERY === 0',
    'this.newestListed === null',
  ],
  [
    'on reconnect nothing is sent until the next key',
    'src/sync/document-sync.ts',
    'this.sender.kick();\n    this.read();',
    'this.read();',
  ],
  [
    'rows are folded although something of them waits',
    'src/core/compaction/fold.ts',
    'if (incomplete.size === 0) {',
    'if (incomplete.size >= 0) {',
  ],
  [
    'rows that wait are deleted with those that were folded',
    'src/core/compaction/compact.ts',
    'const retired = [...folded, ...doubles]',
    'const retired = [...entries, ...doubles]',
  ],
  [
    'rows that are in the history are folded again',
    'src/core/compaction/compact.ts',
    'this.head === null ? [] : heldAlready(this.holds, candidates)',
    '[] as LogEntry[]',
  ],
  [
    'whatever says nothing new counts as a double',
    'src/core/compaction/compact.ts',
    'const doubles = new Set<LogEntry>();',
    'const doubles = new Set<LogEntry>(suspects);',
  ],
  [
    'a compactor that lost goes on',
    'src/core/compaction/compact.ts',
    "if (written.value === 'lost') return success('lost');",
    '',
  ],
  [
    'old states are not asked when the newest is damaged',
    'src/core/compaction/load.ts',
    'later.unshift(record);',
    'later.splice(0, 0);',
  ],
  [
    'checksums are not looked at',
    'src/core/compaction/frame.ts',
    "if (!same(checkOf(body), frame.subarray(body.length))) return { damage: 'the checksum does not fit' };",
    '',
  ],
  [
    'a purge leaves what became visible late',
    'src/core/compaction/purge.ts',
    'if (record.firstTime === null || !isBefore(record.firstTime, before)) continue;',
    'if (record.firstTime !== null) continue;',
  ],
  [
    'a snapshot is read only when a page opens',
    'src/sync/document-sync.ts',
    'const snapshot = rows.ok ? await this.snapshots.read() : null;',
    'const snapshot = rows.ok && since === undefined ? await this.snapshots.read() : null;',
  ],
  [
    'a snapshot counts as held although deletes are missing',
    'src/core/compaction/fold.ts',
    'IdRanges.of(wanted.deletes).minus(IdRanges.of(held.deletes)).length === 0',
    'wanted.deletes.length >= 0',
  ],
  [
    'the repair diff works with structs alone',
    'src/core/repair.ts',
    ' || IdRanges.of(mine.deletes).minus(deletes).length > 0',
    '',
  ],
  [
    'a repair that is tried again has forgotten the rows',
    'src/sync/repair-diff.ts',
    'this.known.push(...listed);\n        return false;',
    'return false;',
  ],
  [
    'a row that was compacted away meanwhile is sent under a new id',
    'src/sync/sender.ts',
    'if (found.value === null && this.vanished !== row.id) {',
    'if (found.value === null && this.vanished === row.id) {',
  ],
  ['all ask for compaction at once', 'src/sync/compaction-wish.ts', 'random() * COMPACTION_SPREAD_MS', '0 * random()'],
  [
    'who asks for compaction does not look whether it was done',
    'src/sync/compaction-wish.ts',
    'if (!newer.ok || newer.value !== null) return;',
    'if (!newer.ok) return;',
  ],
];

const words = process.argv.slice(2);
const chosen = MUTATIONS.filter(([what]) => words.length === 0 || words.some((word) => what.includes(word)));
if (chosen.length === 0) throw new Error(`no description contains any of: ${words.join(', ')}`);

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'cowrite-mutations-'));

/** Runs the tests of the copy; whether they fail. */
function fails() {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const run = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'unit', '--bail', '1', 'test/core', 'test/sync', 'test/simulation'],
    {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    },
  );
  const failed = /(?:×|FAIL)\s+(.*)/.exec(run.stdout);
  return { failed: run.status !== 0, by: failed?.[1]?.trim() ?? '' };
}

try {
  for (const part of ['src', 'test', 'vite.config.ts', 'tsconfig.json', 'package.json', 'functions', 'appwrite.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const clean = fails();
  if (clean.failed) throw new Error(`the tests fail without any mutation: ${clean.by}`);
  let survived = 0;
  for (const [what, file, ...changes] of chosen) {
    const path = join(copy, file);
    const original = readFileSync(path, 'utf8');
    let mutated = original;
    for (let at = 0; at < changes.length; at += 2) {
      if (!mutated.includes(changes[at])) throw new Error(`«${what}» does not fit ${file} any more`);
      mutated = mutated.replace(changes[at], () => changes[at + 1]);
    }
    writeFileSync(path, mutated);
    const { failed, by } = fails();
    writeFileSync(path, original);
    if (!failed) survived++;
    console.log(`${failed ? 'caught  ' : 'SURVIVED'} ${what}${failed ? ` – ${by.slice(0, 110)}` : ''}`);
  }
  console.log(`${chosen.length - survived} passed, ${survived} failed`);
  process.exitCode = survived === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true });
}
