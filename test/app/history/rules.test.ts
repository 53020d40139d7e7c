import { describe, expect, it } from 'vitest';
import { tellLines } from '../../../src/app/history/blame.ts';
import { commentsOf } from '../../../src/app/history/export.ts';
import { cssString } from '../../../src/app/history/mark-styles.ts';
import { LONGEST_PAUSE_MS, nextFrame, stepFrom, trackOf } from '../../../src/app/history/playback.ts';
import { fieldOf, momentOf, purgeSize } from '../../../src/app/history/purge-moment.ts';
import { tellShares } from '../../../src/app/history/selection-authors.ts';
import {
  asCode,
  dayWords,
  momentWords,
  namesWords,
  quoteWords,
  shortWords,
  spanWords,
} from '../../../src/app/history/words.ts';
import { Signal } from '../../../src/app/session/signal.ts';
import type { Steps } from '../../../src/app/session/history/workbench.ts';
import type { Thread } from '../../../src/core/review/review.ts';
import type { BlameLine } from '../../../src/core/history/types.ts';
import { ana } from '../ui/fake-app.ts';

const MINUTE = 60_000;

/** Ana types twice, Bob twice, Ana once more after an hour. */
const steps: Steps = {
  times: Float64Array.of(0, MINUTE, 2 * MINUTE, 3 * MINUTE, 63 * MINUTE),
  by: Uint16Array.of(0, 0, 1, 1, 0),
  authors: ['ana', 'bob'],
};

describe('the moment before which a history is removed', () => {
  it('is one that there is, and has come', () => {
    const now = Date.parse('2026-06-01T12:00:00');
    for (const wrong of ['', 'yesterday', '2026-06-01', '2026-02-31T99:00', '31.03.2026 12:00']) {
      expect(momentOf(wrong, now)).toMatchObject({ problem: 'Choose a day and a time.' });
    }
    expect(momentOf('2026-06-01T12:01', now)).toMatchObject({ problem: 'That moment has not come yet.' });
    expect(momentOf('2026-06-01T12:00', now)).toEqual({ time: now });
    expect(momentOf(fieldOf(now), now)).toEqual({ time: now });
  });

  it('[SNAP-3] decides what goes, to the edit, with the versions that lose their text', () => {
    const versions = [
      { doc: 'f1', time: MINUTE },
      { doc: null, time: 0 },
      { doc: 'f2', time: 0 },
      { doc: 'f1', time: 3 * MINUTE },
    ].map((each, at) => ({ ...each, id: `v${at}`, name: '', description: '', row: null, author: 'ana', createdAt: 0 }));
    expect(purgeSize(steps, versions, 'f1', 3 * MINUTE)).toEqual({
      edits: 3,
      stays: 2,
      first: 0,
      last: 2 * MINUTE,
      authors: ['ana', 'bob'],
      versions: 2,
    });
    expect(purgeSize(steps, versions, 'f1', 0)).toMatchObject({ edits: 0, stays: 5, authors: [], versions: 0 });
    expect(purgeSize(steps, versions, 'f1', 64 * MINUTE)).toMatchObject({ edits: 5, stays: 0, last: 63 * MINUTE });
  });
});

describe('stepping through a history', () => {
  it('goes by edit, and stays at its ends', () => {
    expect(stepFrom(steps, 0, 'edit', true)).toBe(1);
    expect(stepFrom(steps, 5, 'edit', true)).toBe(5);
    expect(stepFrom(steps, 0, 'edit', false)).toBe(0);
  });

  it('goes by session and by author, forwards to the end of it and backwards to its beginning', () => {
    expect([0, 2, 4].map((at) => stepFrom(steps, at, 'session', true))).toEqual([2, 4, 5]);
    expect([5, 4, 2].map((at) => stepFrom(steps, at, 'session', false))).toEqual([4, 2, 0]);
    const paused: Steps = { ...steps, by: Uint16Array.of(0, 0, 0, 0, 0) };
    expect(stepFrom(paused, 0, 'session', true)).toBe(4);
    expect(stepFrom(paused, 0, 'author', true)).toBe(5);
  });

  it('plays pauses shortened, at the speed that is asked for, and ends', () => {
    expect(nextFrame(steps, 4, 1)).toEqual({ position: 5, delay: LONGEST_PAUSE_MS });
    expect(nextFrame(steps, 4, 4)).toEqual({ position: 5, delay: LONGEST_PAUSE_MS / 4 });
    expect(nextFrame(steps, 5, 1)).toBeNull();
    const fast: Steps = {
      times: Float64Array.from({ length: 100 }, (_, at) => at),
      by: new Uint16Array(100),
      authors: ['a'],
    };
    const frame = nextFrame(fast, 0, 1);
    expect(frame?.position).toBeGreaterThan(20);
    expect(frame?.delay).toBeGreaterThanOrEqual(40);
  });

  it('draws one part of the track for all edits of one author in a row', () => {
    expect(trackOf(steps)).toEqual([
      { author: 'ana', from: 0, to: 0.4 },
      { author: 'bob', from: 0.4, to: 0.8 },
      { author: 'ana', from: 0.8, to: 1 },
    ]);
  });
});

describe('who wrote the lines in the editor', () => {
  const entry = (author: string, time: number): NonNullable<BlameLine['newest']> => ({
    position: 1,
    row: 'r',
    author,
    role: 'editor',
    time,
    borrowedClient: false,
    inserted: 1,
    deleted: 0,
  });
  const saved = 'one\ntwo\nthree';
  const lines: BlameLine[] = [
    { line: 0, from: 0, to: 3, newest: entry('ana', 1), authors: ['ana'] },
    { line: 1, from: 4, to: 7, newest: entry('bob', 2), authors: ['bob', 'ana'] },
    { line: 2, from: 8, to: 13, newest: null, authors: [null] },
  ];

  it('is what the history says where nothing is unsaved', () => {
    expect(tellLines(saved, lines, saved)).toEqual([
      { author: 'ana', time: 1, authors: ['ana'], from: 0, to: 4, suggestedBy: [] },
      { author: 'bob', time: 2, authors: ['bob', 'ana'], from: 4, to: 8, suggestedBy: [] },
      { author: null, time: 0, authors: [null], from: 8, to: 13, suggestedBy: [] },
    ]);
  });

  it('says nothing of the end of a text behind its last line feed', () => {
    const end: BlameLine = { line: 3, from: 14, to: 14, newest: null, authors: [] };
    expect(tellLines(`${saved}\n`, [...lines, end], `${saved}\n`).at(-1)).toBe('nobody');
  });

  it('says whose suggestions the newest change of a line accepted', () => {
    const range = { from: 5, to: 6, by: 'bob', suggestedBy: 'rita', position: 1 };
    const suggesters = (...suggested: (typeof range)[]): readonly (readonly string[] | null)[] =>
      tellLines(saved, lines, `x\n${saved}`, suggested).map((told) =>
        typeof told === 'string' ? null : told.suggestedBy,
      );
    expect(suggesters(range, { ...range, from: 6, to: 7 })).toEqual([null, [], ['rita'], []]);
    // The line has changed since.
    expect(suggesters({ ...range, position: 0 })).toEqual([null, [], [], []]);
    expect(suggesters({ ...range, from: 8, to: 13 })).toEqual([null, [], [], []]);
  });

  it('says which lines are not saved yet, and carries the others over', () => {
    expect(
      tellLines(saved, lines, 'one\nnew\ntwo\nthree').map((told) => (typeof told === 'string' ? told : told.author)),
    ).toEqual(['ana', 'unsaved', 'bob', null]);
    expect(tellLines(saved, lines, 'three').at(-1)).toMatchObject({ author: null });
    expect(tellLines(saved, lines, 'one\ntwo!\nthree')[1]).toBe('unsaved');
  });

  it('sums up a selection, whoever wrote most first', () => {
    const range = { first: 1, last: 1, start: 0, end: 0 };
    const session = { user: ana, people: new Signal(new Map([['bob', { name: 'Bob', color: '#112233' }]])) };
    expect(
      tellShares(session, [
        { ...range, author: 'ana', from: 0, to: 2 },
        { ...range, author: 'bob', from: 2, to: 9 },
        { ...range, author: 'ana', from: 9, to: 10 },
      ]),
    ).toEqual(['Bob: 7 characters', 'Ana Silva (you): 3 characters']);
    expect(tellShares(session, [])).toEqual(['There is no text here.']);
    const suggested = { from: 3, to: 6, by: 'bob', suggestedBy: 'ana', position: 1 };
    expect(tellShares(session, [{ ...range, author: 'bob', from: 2, to: 9 }], [suggested])).toEqual([
      'Bob: 7 characters, 3 of them suggested by Ana Silva (you)',
    ]);
  });
});

describe('the comments of a report', () => {
  it('are those of its period, with their replies, and without what was deleted', () => {
    const said = (at: number, text: string, deletedAt: number | null = null): Thread['comments'][number] => ({
      id: text,
      author: { id: 'bob', proof: 'stamped', claimed: 'bob' },
      at,
      text,
      mentions: [],
      editedAt: null,
      deletedAt,
    });
    const thread = (...comments: Thread['comments'][number][]): Thread => ({
      id: 't',
      anchor: { quote: 'x = 1' } as Thread['anchor'],
      comments,
      suggestion: null,
      resolved: null,
    });
    const all = [thread(said(5, 'old')), thread(said(15, 'why?'), said(16, 'gone', 17), said(18, 'so'))];
    expect(commentsOf(new Map([['node1', all]]), 10, 20)).toEqual([
      {
        file: 'node1',
        line: null,
        quote: 'x = 1',
        author: 'bob',
        time: 15,
        text: 'why?',
        proposed: null,
        end: null,
        replies: [{ author: 'bob', time: 18, text: 'so' }],
      },
    ]);
  });
});

describe('words', () => {
  const noon = new Date(2026, 4, 20, 12, 0).getTime();
  const HOUR = 60 * MINUTE;

  it('say days as people do', () => {
    expect(dayWords(noon - HOUR, noon)).toBe('Today');
    expect(dayWords(noon - 13 * HOUR, noon)).toBe('Yesterday');
    expect(momentWords(noon - 13 * HOUR, noon)).toMatch(/^yesterday /);
    expect(shortWords(noon - 20 * MINUTE, noon)).toBe('20 min');
    expect(shortWords(noon - 13 * HOUR, noon)).toBe('yesterday');
    expect(spanWords(noon, noon + 5)).not.toContain('–');
    expect(spanWords(noon, noon + HOUR)).toContain('–');
  });

  it('say who', () => {
    expect(namesWords(['Ana'])).toBe('Ana');
    expect(namesWords(['Ana', 'Bob'])).toBe('Ana and Bob');
    expect(namesWords(['Ana', 'Bob', 'Cy', 'Di'])).toBe('Ana, Bob and 2 others');
  });

  it('say what a text is where it cannot be seen', () => {
    expect(quoteWords(' ab \n', 9)).toBe('“ab”');
    expect(quoteWords('abcdef', 3)).toBe('“abc…”');
    expect(['\n', '\n \n', ' ', '  ', '\t', '\t\t', ' \t'].map((text) => quoteWords(text, 9))).toEqual([
      'a line break',
      '2 line breaks',
      'a space',
      '2 spaces',
      'a tab',
      '2 tabs',
      '2 blank characters',
    ]);
  });

  it('a name cannot leave the code that it is shown as', () => {
    expect(asCode('a`\n\n[x](https://x.test)')).toBe('`a’ [x](https://x.test)`');
  });

  it('a name cannot leave the string of a style rule', () => {
    const sheet = new CSSStyleSheet();
    sheet.insertRule(`.a::after { content: ${cssString('"; } body { display: none } \\')}; }`);
    expect(sheet.cssRules).toHaveLength(1);
    const [rule] = sheet.cssRules;
    expect((rule as CSSStyleRule).style.content).toContain('display: none');
  });
});
