import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  editComment,
  mark,
  recordAcceptance,
  reopen,
  reply,
  startThread,
  suggest,
} from '../../../src/core/review/actions.ts';
import { createAnchor, spanOf } from '../../../src/core/review/anchors.ts';
import { LOG_NAME, MAX_COMMENT_CHARS, parseEvent } from '../../../src/core/review/events.ts';
import { isEmpty, isOpen, readReview, type Thread } from '../../../src/core/review/review.ts';
import { countThreads, othersComments, unreadIn } from '../../../src/core/review/unread.ts';
import { act, fileOf, Reviewer, said, sync } from './support.ts';

const { text: file } = fileOf('one two three');
const anchor = createAnchor(file, 4, 7);

function begin(doc: Y.Doc, by: string, words = 'hello'): string {
  const started = startThread(doc, act(by), anchor, said(words));
  if (!started.ok) throw new Error(started.message);
  return started.value;
}

function propose(doc: Y.Doc, by: string, insert = 'TWO'): string {
  const made = suggest(doc, act(by), anchor, { replaced: 'two', insert }, said(''));
  if (!made.ok) throw new Error(made.message);
  return made.value;
}

const only = (threads: readonly Thread[]): Thread => {
  const [thread, ...rest] = threads;
  if (!thread || rest.length > 0) throw new Error(`${threads.length} threads`);
  return thread;
};

describe('threads', () => {
  it('begin with a comment, are answered, resolved and opened again', () => {
    const doc = new Y.Doc();
    const id = begin(doc, 'ana');
    reply(doc, act('bob'), id, said(' why?\r\nreally '));
    const thread = only(readReview(doc).threads);
    expect(thread.comments.map(({ author, text }) => [author.id, text])).toEqual([
      ['ana', 'hello'],
      ['bob', 'why?\nreally'],
    ]);
    mark(doc, act('bob'), 'resolve', id);
    const resolved = only(readReview(doc).threads);
    expect(isOpen(resolved)).toBe(false);
    expect(resolved.resolved?.by.id).toBe('bob');
    reopen(doc, act('ana'), id, resolved.resolved?.id ?? '');
    expect(isOpen(only(readReview(doc).threads))).toBe(true);
  });

  it('[STAMP-3] let everybody edit, delete and restore only their own comments', () => {
    const doc = new Y.Doc();
    const id = begin(doc, 'ana', 'mine');
    editComment(doc, act('bob'), id, said('not mine'));
    mark(doc, act('bob'), 'delete', id);
    expect(only(readReview(doc).threads).comments[0]).toMatchObject({ text: 'mine', editedAt: null, deletedAt: null });
    expect(readReview(doc).skipped).toBe(2);
    editComment(doc, act('ana'), id, said('better'));
    mark(doc, act('ana'), 'delete', id);
    const deleted = only(readReview(doc).threads);
    expect(isEmpty(deleted)).toBe(true);
    expect(deleted.comments[0]?.text).toBe('better');
    mark(doc, act('ana'), 'restore', id);
    expect(isEmpty(only(readReview(doc).threads))).toBe(false);
  });

  it('refuse what is blank or too long, with a sentence', () => {
    const doc = new Y.Doc();
    expect(startThread(doc, act('ana'), anchor, said(' \n'))).toMatchObject({
      ok: false,
      message: 'Write something first.',
    });
    expect(reply(doc, act('ana'), 'x', said('y'.repeat(MAX_COMMENT_CHARS + 1)))).toMatchObject({ ok: false });
    expect(suggest(doc, act('ana'), anchor, { replaced: 'two', insert: 'two' }, said('')).ok).toBe(false);
    expect(suggest(doc, act('ana'), anchor, { replaced: '', insert: 'y'.repeat(20_001) }, said('')).ok).toBe(false);
    expect(readReview(doc).threads).toEqual([]);
  });

  it('[P14] skip what is malformed, and never throw', () => {
    const doc = new Y.Doc();
    const id = begin(doc, 'ana');
    const good = doc.getArray(LOG_NAME).toJSON()[0] as Record<string, unknown>;
    const log = doc.getArray<unknown>(LOG_NAME);
    const bad: unknown[] = [
      null,
      7,
      'text',
      [good],
      {},
      { ...good, id: '' },
      { ...good, id: 'x', by: 'a b' },
      { ...good, id: 'x', at: Number.NaN },
      { ...good, id: 'x', text: 'y'.repeat(MAX_COMMENT_CHARS + 1) },
      { ...good, id: 'x', anchor: null },
      { ...good, id: 'x', anchor: { ...anchor, span: { first: [1, -1], last: [1, 2] } } },
      { ...good, id: 'x', suggestion: { replaced: 'a', insert: 'b\r' } },
      { ...good, id: 'x', mentions: [{ start: 3, length: 9, user: 'bob' }] },
      { kind: 'reply', id: 'x', by: 'bob', at: 1, of: 'nobody', text: 'y', mentions: [] },
      { kind: 'explode', id: 'x', by: 'bob', at: 1, of: id },
    ];
    for (const each of bad) log.push([each]);
    log.push([new Y.Map(), new Y.Text('x'), new Uint8Array(3)]);
    doc.getMap('people').set('x', 'y');
    const review = readReview(doc);
    expect(only(review.threads).id).toBe(id);
    expect(review.skipped).toBe(bad.length + 3);
    fc.assert(
      fc.property(fc.anything(), (value) => void parseEvent(value)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(good)), fc.jsonValue(), (key, value) => {
        const event = parseEvent({ ...good, [key]: value });
        expect(event === null || event.kind === 'thread').toBe(true);
      }),
    );
  });

  it('[P14] have answers that a foreign client put in front of them', () => {
    const doc = new Y.Doc();
    const id = begin(doc, 'ana');
    reply(doc, act('bob'), id, said('second'));
    const log = doc.getArray<unknown>(LOG_NAME);
    const [first, second] = log.toArray();
    log.delete(0, 2);
    log.push([second, first]);
    expect(only(readReview(doc).threads).comments.map(({ text }) => text)).toEqual(['hello', 'second']);
  });

  it('cannot be taken over by an event with the same id', () => {
    const doc = new Y.Doc();
    const id = begin(doc, 'ana');
    startThread(doc, { ...act('eve'), id }, anchor, said('mine now'));
    reply(doc, { ...act('eve'), id }, id, said('or mine'));
    expect(only(readReview(doc).threads).comments).toHaveLength(1);
    expect(only(readReview(doc).threads).comments[0]?.text).toBe('hello');
  });
});

describe('authors', () => {
  it('[STAMP-3] [P44] are those whose stamp the row has: what claims somebody else is marked', () => {
    const rows: ConstructorParameters<typeof Reviewer>[2] = [];
    const ana = new Reviewer('ana', 'editor', rows);
    const eve = new Reviewer('eve', 'reviewer', rows);
    const id = begin(ana.doc, 'ana', 'true');
    eve.read();
    reply(eve.doc, act('ana'), id, said('forged'));
    editComment(eve.doc, act('ana'), id, said('forged as well'));
    mark(eve.doc, act('ana'), 'delete', id);
    ana.read();
    const thread = only(readReview(ana.doc, ana.stamps.proofOf).threads);
    expect(thread.comments.map(({ author, text }) => ({ ...author, text }))).toEqual([
      { id: 'ana', proof: 'stamped', claimed: 'ana', text: 'true' },
      { id: 'eve', proof: 'contradicted', claimed: 'ana', text: 'forged' },
    ]);
    expect(thread.comments[0]?.deletedAt).toBeNull();
  });

  it('[STAMP-3] borrowing the Yjs client id of somebody does not help', () => {
    const rows: ConstructorParameters<typeof Reviewer>[2] = [];
    const ana = new Reviewer('ana', 'editor', rows);
    const eve = new Reviewer('eve', 'reviewer', rows);
    const id = begin(ana.doc, 'ana', 'true');
    eve.read();
    eve.doc.clientID = ana.doc.clientID;
    reply(eve.doc, act('ana'), id, said('forged'));
    const reader = new Reviewer('bob', 'editor', rows);
    reader.read();
    const [first, second] = only(readReview(reader.doc, reader.stamps.proofOf).threads).comments;
    expect(first?.author).toMatchObject({ id: 'ana', proof: 'stamped' });
    expect(second?.author).toMatchObject({ id: 'eve', proof: 'contradicted' });
  });

  it('[STAMP-3] an entry that rows of two people carry is marked, under the name that it claims', () => {
    const rows: ConstructorParameters<typeof Reviewer>[2] = [];
    const ana = new Reviewer('zoe', 'editor', rows);
    begin(ana.doc, 'zoe');
    const eve = new Reviewer('eve', 'reviewer', rows);
    rows.push({ update: rows[0]?.update ?? new Uint8Array(), by: eve });
    eve.read();
    expect(only(readReview(eve.doc, eve.stamps.proofOf).threads).comments[0]?.author).toEqual({
      id: 'zoe',
      proof: 'contradicted',
      claimed: 'zoe',
    });
  });

  it('are what the entry claims until a row with it was seen', () => {
    const doc = new Y.Doc();
    begin(doc, 'ana');
    expect(only(readReview(doc).threads).comments[0]?.author).toEqual({ id: 'ana', proof: 'claimed', claimed: 'ana' });
  });
});

describe('suggestions', () => {
  it('are accepted under two names: who proposed and who accepted', () => {
    const doc = new Y.Doc();
    const id = propose(doc, 'rita');
    const inserted = spanOf(file, 4, 7);
    recordAcceptance(doc, act('ana'), id, inserted);
    const thread = only(readReview(doc).threads);
    expect(thread.comments[0]?.author.id).toBe('rita');
    expect(thread.suggestion?.state).toMatchObject({ kind: 'accepted', inserted, by: { id: 'ana' } });
    expect(isOpen(thread)).toBe(false);
  });

  it('[STAMP-2] count as accepted only if the stamp may write the file', () => {
    const rows: ConstructorParameters<typeof Reviewer>[2] = [];
    const rita = new Reviewer('rita', 'reviewer', rows);
    const id = propose(rita.doc, 'rita');
    recordAcceptance(rita.doc, act('rita'), id, null);
    const review = readReview(rita.doc, (client, clock) => {
      for (const { update, by } of rows) rita.stamps.learn(update, { project: 'p', role: by.role, author: by.name });
      return rita.stamps.proofOf(client, clock);
    });
    expect(only(review.threads).suggestion?.state.kind).toBe('open');
    expect(review.skipped).toBe(1);
    mark(rita.doc, act('rita'), 'decline', id);
    expect(only(readReview(rita.doc, rita.stamps.proofOf).threads).suggestion?.state.kind).toBe('declined');
  });

  it('another reviewer can neither decline nor open them', () => {
    const rows: ConstructorParameters<typeof Reviewer>[2] = [];
    const rita = new Reviewer('rita', 'reviewer', rows);
    const sam = new Reviewer('sam', 'reviewer', rows);
    const id = propose(rita.doc, 'rita');
    sam.read();
    mark(sam.doc, act('sam'), 'decline', id);
    rita.read();
    expect(only(readReview(rita.doc, rita.stamps.proofOf).threads).suggestion?.state.kind).toBe('open');
  });

  it('that one accepts and another declines at the same time are accepted, in whichever order it arrives', () => {
    for (const order of [0, 1]) {
      const one = new Y.Doc();
      const two = new Y.Doc();
      one.clientID = order === 0 ? 1 : 2;
      two.clientID = order === 0 ? 2 : 1;
      const id = propose(one, 'rita');
      sync(one, two);
      recordAcceptance(one, act('ana'), id, null);
      mark(two, act('bob'), 'decline', id);
      sync(one, two);
      expect(readReview(two)).toEqual(readReview(one));
      expect(only(readReview(one).threads).suggestion?.state.kind).toBe('accepted');
    }
  });

  it('that were opened again by somebody who had not seen the acceptance stay accepted', () => {
    const one = new Y.Doc();
    const two = new Y.Doc();
    const id = propose(one, 'rita');
    mark(one, act('ana'), 'decline', id);
    sync(one, two);
    recordAcceptance(one, act('ana'), id, null);
    const { state } = only(readReview(two).threads).suggestion ?? { state: { kind: 'open' as const } };
    reopen(two, act('rita'), id, state.kind === 'open' ? '' : state.id);
    sync(one, two);
    const end = only(readReview(one).threads).suggestion?.state.kind;
    expect(end).toBe(only(readReview(two).threads).suggestion?.state.kind);
    expect(end).toBe('accepted');
  });
});

describe('unread', () => {
  it('counts what others wrote since, deleted comments aside, and who is mentioned', () => {
    const doc = new Y.Doc();
    const id = begin(doc, 'ana');
    const gone = reply(doc, act('bob'), id, said('typo'));
    reply(doc, act('bob'), id, { text: 'hello @Ana Silva', people: [{ id: 'ana', name: 'Ana Silva' }] });
    const { threads } = readReview(doc);
    expect(countThreads(threads, 'ana', {})).toEqual({ open: 1, resolved: 0, unread: 2, mentions: 1 });
    if (gone.ok) mark(doc, act('bob'), 'delete', gone.value);
    const thread = only(readReview(doc).threads);
    expect(unreadIn(thread, 'ana', {})).toBe(1);
    expect(unreadIn(thread, 'ana', { [id]: othersComments(thread, 'ana') })).toBe(0);
    reply(doc, act('bob'), id, said('more'));
    expect(unreadIn(only(readReview(doc).threads), 'ana', { [id]: othersComments(thread, 'ana') })).toBe(1);
    expect(unreadIn(only(readReview(doc).threads), 'bob', {})).toBe(1);
  });
});

describe('reviews converge', () => {
  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom(
      'thread',
      'propose',
      'reply',
      'edit',
      'delete',
      'restore',
      'resolve',
      'reopen',
      'accept',
      'decline',
      'meet',
    ),
    pick: fc.nat(20),
  });

  it('whatever three people do at once: all read the same, and nothing is lost but by its author', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
        const names = ['ana', 'bob', 'rita'];
        const written = new Map<string, string>();
        for (const { who, what, pick } of steps) {
          const doc = docs[who];
          const name = names[who];
          if (!doc || !name) throw new Error('nobody');
          const { threads } = readReview(doc);
          const thread = threads[pick % Math.max(threads.length, 1)];
          const comment = thread?.comments[pick % thread.comments.length];
          if (what === 'thread') written.set(begin(doc, name), name);
          else if (what === 'propose') written.set(propose(doc, name), name);
          else if (what === 'meet') sync(...docs);
          else if (!thread || !comment) continue;
          else if (what === 'reply') {
            const made = reply(doc, act(name), thread.id, said('answer'));
            if (made.ok) written.set(made.value, name);
          } else if (what === 'edit') editComment(doc, act(name), comment.id, said('edited'));
          else if (what === 'accept') recordAcceptance(doc, act(name), thread.id, null);
          else if (what === 'reopen') {
            const state = thread.suggestion?.state;
            const decision = state && state.kind !== 'open' ? state.id : thread.resolved?.id;
            if (decision !== undefined) reopen(doc, act(name), thread.id, decision);
          } else mark(doc, act(name), what, what === 'delete' || what === 'restore' ? comment.id : thread.id);
        }
        sync(...docs);
        const [first, ...others] = docs.map((doc) => readReview(doc));
        for (const other of others) expect(other).toEqual(first);
        const comments = new Map(
          first?.threads.flatMap(({ comments }) => comments).map(({ id, author }) => [id, author.id]) ?? [],
        );
        expect(comments).toEqual(written);
      }),
      { numRuns: 100 },
    );
  });
});
