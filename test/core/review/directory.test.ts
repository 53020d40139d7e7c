import { expect, it } from 'vitest';
import {
  announceReview,
  introduceReviewer,
  reviewedFiles,
  reviewers,
  watchReviews,
} from '../../../src/core/review/directory.ts';
import { Reviewer } from './support.ts';

it('the directory names the files with comments, and tells that one has changed', () => {
  const rows: ConstructorParameters<typeof Reviewer>[2] = [];
  const ana = new Reviewer('ana', 'editor', rows);
  const bob = new Reviewer('bob', 'editor', rows);
  const heard: string[][] = [];
  const stop = watchReviews(bob.doc, (nodes) => heard.push([...nodes]));
  announceReview(ana.doc, 'n1');
  bob.read();
  announceReview(ana.doc, 'n1');
  announceReview(ana.doc, 'n2');
  ana.doc.getMap('files').set('not a node', 1);
  bob.read();
  stop();
  announceReview(bob.doc, 'n2');
  expect(heard.flat()).toEqual(['n1', 'n1', 'n2', 'not a node']);
  expect(reviewedFiles(bob.doc).sort()).toEqual(['n1', 'n2']);
});

it('[STAMP-3] nobody names another: only the entry that its owner wrote counts', () => {
  const rows: ConstructorParameters<typeof Reviewer>[2] = [];
  const rita = new Reviewer('rita', 'reviewer', rows);
  const eve = new Reviewer('eve', 'reviewer', rows);
  introduceReviewer(rita.doc, 'rita', { name: 'Rita', color: '#aa0000' });
  introduceReviewer(rita.doc, 'rita', { name: 'Rita', color: '#aa0000' });
  introduceReviewer(rita.doc, 'rita', { name: 'Rita\u202e', color: '#aa0000' });
  expect(rows).toHaveLength(1);
  eve.read();
  introduceReviewer(eve.doc, 'ana', { name: 'Fool', color: '#000000' });
  introduceReviewer(eve.doc, 'eve', { name: 'Eve', color: 'red; background: url(x)' });
  rita.read();
  expect([...reviewers(rita.doc, rita.stamps.proofOf)]).toEqual([['rita', { name: 'Rita', color: '#aa0000' }]]);
});
