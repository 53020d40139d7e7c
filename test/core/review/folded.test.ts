import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { encodeUpdateRow, type UpdateRow } from '../../../src/core/codec.ts';
import { compactDocument } from '../../../src/core/compaction/compact.ts';
import { reply, startThread } from '../../../src/core/review/actions.ts';
import { createAnchor } from '../../../src/core/review/anchors.ts';
import { learnFolded } from '../../../src/core/review/folded.ts';
import { readReview } from '../../../src/core/review/review.ts';
import { StructStamps } from '../../../src/core/review/stamped.ts';
import { MemoryCompaction } from '../../helpers/compaction-store.ts';
import { act, fileOf, Reviewer, said } from './support.ts';

it('[STAMP-3] [SNAP-3] [P44] a forged author stays marked after a compaction: segments prove who wrote what', async () => {
  const rows: ConstructorParameters<typeof Reviewer>[2] = [];
  const ana = new Reviewer('ana', 'editor', rows);
  const eve = new Reviewer('eve', 'reviewer', rows);
  const started = startThread(ana.doc, act('ana'), createAnchor(fileOf('text').text, 0, 4), said('true'));
  if (!started.ok) throw new Error(started.message);
  eve.read();
  reply(eve.doc, act('ana'), started.value, said('forged'));
  const log = rows.map(({ update, by }, index): UpdateRow => {
    const row = encodeUpdateRow(`row${index}`, 'ra', update, { project: 'p', role: by.role, author: by.name });
    return { ...row, createdAt: new Date(1_760_000_000_000 + index * 1000).toISOString() };
  });
  const store = new MemoryCompaction(log);
  const folded = await compactDocument(store, 'p', 'ra', { leastRows: 1 });
  expect(folded).toMatchObject({ ok: true });
  expect(log).toEqual([]);

  const later = new Y.Doc();
  const stamps = new StructStamps();
  Y.applyUpdate(later, Y.encodeStateAsUpdate(eve.doc));
  expect(stamps.covers(later)).toBe(false);
  expect(readReview(later, stamps.proofOf).threads[0]?.comments.map(({ author }) => author.proof)).toEqual([
    'claimed',
    'claimed',
  ]);
  expect(await learnFolded(store, 'p', 'ra', stamps)).toMatchObject({ ok: true });
  expect(stamps.covers(later)).toBe(true);
  expect(readReview(later, stamps.proofOf).threads[0]?.comments.map(({ author }) => author)).toEqual([
    { id: 'ana', proof: 'stamped', claimed: 'ana' },
    { id: 'eve', proof: 'contradicted', claimed: 'ana' },
  ]);
});
