import { describe, expect, it } from 'vitest';
import { ALL_WORK, filterProject, filterSessions, type WorkFilter } from '../../../src/core/history/filter.ts';
import type { ProjectSession, Work } from '../../../src/core/history/project-history.ts';
import type { TreeChange } from '../../../src/core/history/tree-history.ts';

const isAgent = (author: string): boolean => author.startsWith('bot');

function work(author: string, node: string | null, start: number, end: number): Work {
  const doc = node === null ? '' : `f${node}`;
  return { author, node, doc, start, end, first: 1, last: 2, updates: 2, inserted: end - start, deleted: 0 };
}

function change(author: string, node: string, time: number): TreeChange {
  return { kind: 'created', position: 1, author, time, node, nodeKind: 'file', name: node, before: null };
}

/** Ana and a program in the morning, Bob later. */
const SESSIONS: readonly ProjectSession[] = [
  {
    start: 100,
    end: 200,
    work: [work('ana', 'a', 100, 150), work('ana', null, 110, 110), work('bot1', 'b', 160, 200)],
    authors: ['ana', 'bot1'],
  },
  { start: 1000, end: 1100, work: [work('bob', 'a', 1000, 1050), work('bob', 'b', 1060, 1100)], authors: ['bob'] },
];
const CHANGES: readonly TreeChange[] = [change('ana', 'a', 110), change('bob', 'b', 1070)];

/** Sessions as who, files and times. */
function shown(filter: Partial<WorkFilter>): unknown[] {
  return filterProject(SESSIONS, CHANGES, { ...ALL_WORK, ...filter }, isAgent).map((one) => [
    one.authors.join(' '),
    one.work.map(({ node }) => node ?? 'tree').join(' '),
    one.changes.map(({ node }) => node).join(' '),
    `${one.start}–${one.end}`,
  ]);
}

describe('filters of a project', () => {
  it('show everything by default', () => {
    expect(shown({})).toEqual([
      ['ana bot1', 'a tree b', 'a', '100–200'],
      ['bob', 'a b', 'b', '1000–1100'],
    ]);
  });

  it('tell people from agents, and show one alone', () => {
    expect(shown({ who: 'agents' })).toEqual([['bot1', 'b', '', '160–200']]);
    expect(shown({ who: 'people' })).toEqual([
      ['ana', 'a tree', 'a', '100–150'],
      ['bob', 'a b', 'b', '1000–1100'],
    ]);
    expect(shown({ who: { author: 'bob' } })).toEqual([['bob', 'a b', 'b', '1000–1100']]);
    expect(shown({ who: { author: 'nobody' } })).toEqual([]);
  });

  it('narrow sessions to a file and what was done to it', () => {
    expect(shown({ node: 'b' })).toEqual([
      ['bot1', 'b', '', '160–200'],
      ['bob', 'b', 'b', '1060–1100'],
    ]);
  });

  it('take what reaches into a time', () => {
    expect(shown({ since: 150, until: 155 })).toEqual([['ana', 'a', '', '100–150']]);
    expect(shown({ since: 1101 })).toEqual([]);
  });

  it('hold all at once', () => {
    expect(shown({ who: 'people', node: 'a', since: 500 })).toEqual([['bob', 'a', '', '1000–1050']]);
    expect(shown({ who: 'agents', node: 'a' })).toEqual([]);
  });
});

describe('filters of a file', () => {
  it('hold all at once, and do not ask for the file', () => {
    const sessions = [
      { author: 'ana', start: 1, end: 2 },
      { author: 'bot1', start: 3, end: 4 },
      { author: 'bob', start: 5, end: 6 },
    ];
    const find = (filter: Partial<WorkFilter>): string[] =>
      filterSessions(sessions, { ...ALL_WORK, ...filter }, isAgent).map(({ author }) => author);
    expect(find({ node: 'another' })).toEqual(['ana', 'bot1', 'bob']);
    expect(find({ who: 'people', since: 3 })).toEqual(['bob']);
    expect(find({ until: 3 })).toEqual(['ana', 'bot1']);
  });
});
