import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import { reviewAbsence, sidesOf } from '../../../src/core/history/absence.ts';
import { previewPlan } from '../../../src/core/history/plan.ts';
import { changesOf, sessionsOf } from '../../../src/core/history/sessions.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { entryOf, Writer } from './histories.ts';

const MINUTE = 60_000;

/** Writers of one document whose rows reach all others at once, unless they are offline. */
class Room {
  readonly entries: LogEntry[] = [];
  private readonly writers: Writer[] = [];
  private clients = 0;

  writer(author: string): Writer {
    const writer = new Writer(author, () => ++this.clients);
    for (const { update } of this.entries) writer.take(update);
    this.writers.push(writer);
    return writer;
  }

  save(writer: Writer, minute: number, offline: readonly Writer[] = []): void {
    const update = writer.flush();
    if (update === null) throw new Error('nothing was written');
    this.entries.push(entryOf(update, writer.author, minute * MINUTE, `row${this.entries.length}`));
    for (const other of this.writers) if (other !== writer && !offline.includes(other)) other.take(update);
  }

  get history(): TextHistory {
    return new TextHistory({ entries: this.entries });
  }
}

describe('sessions', () => {
  it('end with a pause, and those of several people overlap', () => {
    const room = new Room();
    const [ana, bob] = [room.writer('ana'), room.writer('bob')];
    for (const [writer, minute] of [
      [ana, 0],
      [bob, 4],
      [ana, 9],
      [ana, 19],
      [bob, 25],
      [ana, 30],
    ] as const) {
      writer.insert(writer.text.length, `${writer.author} ${minute}\n`);
      if (minute === 19) writer.delete(0, 3);
      room.save(writer, minute);
    }
    const { history } = room;
    const sessions = sessionsOf(history);
    expect(sessions.map(({ author, positions, inserted, deleted }) => [author, positions, inserted, deleted])).toEqual([
      ['ana', [1, 3, 4], 19, 3],
      ['bob', [2], 6, 0],
      ['bob', [5], 7, 0],
      ['ana', [6], 7, 0],
    ]);
    expect(sessions.map(({ start, end }) => (end - start) / MINUTE)).toEqual([19, 0, 0, 0]);
    const [first] = sessions;
    if (!first) throw new Error('no session');
    expect(changesOf(history, first).map(({ inserted }) => inserted)).toEqual([' 0\n', 'ana 9\nana 19\n']);
  });

  it('show what their author wrote and deleted, and nothing of what others did meanwhile', () => {
    const room = new Room();
    const [ana, bob] = [room.writer('ana'), room.writer('bob')];
    ana.insert(0, 'ANA1');
    room.save(ana, 0);
    bob.insert(4, ' BOB1 BOB2 BOB-LAST');
    room.save(bob, 1);
    ana.delete(4, 10);
    ana.insert(4, '!');
    room.save(ana, 2);
    bob.insert(14, '?');
    room.save(bob, 3);
    const { history } = room;
    expect(history.text()).toBe('ANA1! BOB-LAST?');
    const told = sessionsOf(history).map((session) => [
      session.author,
      changesOf(history, session).map(({ removed, inserted }) => [removed, inserted]),
    ]);
    expect(told).toEqual([
      ['ana', [[' BOB1 BOB2', 'ANA1!']]],
      [
        'bob',
        [
          ['', ' BOB1 BOB2'],
          ['', ' BOB-LAST?'],
        ],
      ],
    ]);
  });
});

describe('whose a character is', () => {
  it('[STAMP-3] [P44] a claimed client id changes nothing: the stamp of the row that brought it counts', () => {
    const ana = new Writer('ana', () => 7);
    ana.insert(0, 'by ana');
    const first = ana.flush() ?? new Uint8Array();
    // Eve goes on with Ana's client id, and claims Ana's text as her own once more.
    const eve = new Writer('eve', () => 7);
    eve.take(first);
    eve.doc.clientID = 7;
    eve.insert(6, ', by eve');
    const forged = eve.flush() ?? new Uint8Array();
    const all = Y.encodeStateAsUpdate(eve.doc);
    const entries = [
      entryOf(first, 'ana', 0, 'r1'),
      entryOf(forged, 'eve', MINUTE, 'r2'),
      entryOf(all, 'mallory', 2 * MINUTE, 'r3'),
    ];
    const history = new TextHistory({ entries });
    expect(history.text()).toBe('by ana, by eve');
    expect(
      history
        .blame()
        .ranges()
        .map(({ from, to, author }) => [from, to, author]),
    ).toEqual([
      [0, 6, 'ana'],
      [6, 14, 'eve'],
    ]);
    expect([1, 2, 3].map((position) => history.entry(position).borrowedClient)).toEqual([false, true, false]);
    expect(history.entry(3).inserted).toBe(0);
  });

  it('[STAMP-3] [P44] a forged name or user id inside the data changes nothing', () => {
    const room = new Room();
    const [ana, mallory] = [room.writer('ana'), room.writer('mallory')];
    ana.insert(0, 'by ana');
    room.save(ana, 0);
    mallory.doc.transact(() => {
      mallory.text.insert(6, ', by mallory', { author: 'ana', by: 'ana', user: 'ana' });
      mallory.text.format(0, 6, { author: 'mallory' });
      for (const name of ['people', 'authors', 'users']) {
        const claims = mallory.doc.getMap(name);
        claims.set('mallory', { name: 'Ana', color: '#112233' });
        claims.set(String(mallory.doc.clientID), 'ana');
        claims.set('ana', 'mallory');
      }
    });
    room.save(mallory, 1);
    const { history } = room;
    expect(history.text()).toBe('by ana, by mallory');
    const parts = history.blame().ranges();
    expect(parts.map(({ from, to, author }) => [from, to, author])).toEqual([
      [0, 6, 'ana'],
      [6, 18, 'mallory'],
    ]);
    expect(history.authors).toEqual(['ana', 'mallory']);
    expect(history.diff(1, 2).flatMap(({ pieces }) => pieces.map(({ by }) => by.author))).toEqual(['mallory']);
  });

  it('[STAMP-3] [P44] a row that waits keeps what it brought, also when another one brings it again with all that it needs', () => {
    const ana = new Writer('ana', () => 7);
    ana.insert(0, 'first ');
    const missing = ana.flush() ?? new Uint8Array();
    ana.insert(6, 'second');
    const waits = ana.flush() ?? new Uint8Array();
    const entries = [
      entryOf(waits, 'ana', 0, 'r1'),
      entryOf(Y.encodeStateAsUpdate(ana.doc), 'mallory', MINUTE, 'r2'),
      entryOf(missing, 'ana', 2 * MINUTE, 'r3'),
    ];
    const history = new TextHistory({ entries });
    expect([0, 1, 2, 3].map((position) => history.text(position))).toEqual(['', '', 'first second', 'first second']);
    // Of the first part nobody but Mallory had saved anything.
    expect(
      history
        .blame()
        .ranges()
        .map(({ from, to, author }) => [from, to, author]),
    ).toEqual([
      [0, 6, 'mallory'],
      [6, 12, 'ana'],
    ]);
  });

  it('[STAMP-4] an update that Yjs refuses is left out and told, and the others stand', () => {
    const ana = new Writer('ana', () => 7);
    ana.insert(0, 'good');
    const good = ana.flush() ?? new Uint8Array();
    // Two strings of client 99; the first follows what Ana wrote, the second follows itself.
    const bad = Uint8Array.from([1, 2, 99, 0, 132, 7, 0, 1, 113, 132, 99, 1, 1, 120, 0]);
    ana.insert(4, ' too');
    const more = ana.flush() ?? new Uint8Array();
    for (const time of [-1, 1, 3]) {
      const rows = [entryOf(good, 'ana', 0, 'r1'), entryOf(more, 'ana', 2, 'r2')];
      const history = new TextHistory({ entries: [...rows, entryOf(bad, 'eve', time, 'bad')] });
      expect([history.text(), history.length, history.refused]).toEqual(['good too', 2, ['bad']]);
      history.append([entryOf(bad, 'eve', time, 'bad')]);
      const grown = new TextHistory({ entries: rows });
      grown.append([entryOf(bad, 'eve', time, 'bad')]);
      expect([grown.text(), grown.length, grown.refused]).toEqual(['good too', 2, ['bad']]);
    }
  });

  it('[P1] what waits for a missing row is told, and takes effect when it comes', () => {
    const room = new Room();
    const ana = room.writer('ana');
    for (const letter of 'abcd') {
      ana.insert(ana.text.length, letter);
      room.save(ana, ana.text.length);
    }
    const history = new TextHistory({ entries: room.entries.filter((_, index) => index !== 1) });
    expect([history.text(), history.waiting]).toEqual(['a', ['row2', 'row3']]);
    expect(history.append(room.entries)).toBe(2);
    expect([history.text(), history.waiting, history.length]).toEqual(['abcd', [], 4]);
    expect([0, 1, 2, 3, 4].map((position) => history.text(position))).toEqual(['', 'a', 'ab', 'abc', 'abcd']);
  });

  it('what was there before the history began is nobody’s', () => {
    const old = new Y.Doc();
    old.getText('text').insert(0, 'purged ');
    const ana = new Writer('ana', () => 7);
    ana.take(Y.encodeStateAsUpdate(old));
    ana.insert(7, 'new');
    ana.delete(0, 1);
    const entries = [entryOf(ana.flush() ?? new Uint8Array(), 'ana', 0, 'r1')];
    const history = new TextHistory({ base: Y.encodeStateAsUpdateV2(old), entries });
    expect([history.text(0), history.text(1)]).toEqual(['purged ', 'urged new']);
    expect(
      history
        .blame()
        .ranges()
        .map(({ from, to, author }) => [from, to, author]),
    ).toEqual([
      [0, 6, null],
      [6, 9, 'ana'],
    ]);
    expect(history.blame().at(0)).toBeNull();
    expect(history.blame().lines()).toMatchObject([{ line: 0, from: 0, to: 9, authors: [null, 'ana'] }]);
  });
});

describe('while you were away', () => {
  const meeting = (): { room: Room; ana: Writer; bob: Writer; cleo: Writer } => {
    const room = new Room();
    const [ana, bob, cleo] = [room.writer('ana'), room.writer('bob'), room.writer('cleo')];
    ana.insert(0, 'zero\none\ntwo\nthree\nfour\nfive\n');
    room.save(ana, 0);
    return { room, ana, bob, cleo };
  };

  it('shows what others did, and the lines that two people changed', () => {
    const { room, bob, cleo } = meeting();
    bob.insert(4, ' by bob');
    room.save(bob, 10);
    cleo.insert(0, 'cleo: ');
    room.save(cleo, 11);
    const at = cleo.text.toString().indexOf('four');
    cleo.insert(at, 'cleo: ');
    room.save(cleo, 12);
    const five = bob.text.toString().indexOf('five');
    bob.delete(five, 4);
    room.save(bob, 13);
    const { hunks, shared } = reviewAbsence(room.history, 1, 'ana');
    expect(
      hunks.map(({ removed, inserted, pieces }) => [removed, inserted, pieces.map(({ by }) => by.author)]),
    ).toEqual([
      ['', 'cleo: ', ['cleo']],
      ['', ' by bob', ['bob']],
      ['', 'cleo: ', ['cleo']],
      ['five', '', ['bob']],
    ]);
    expect(shared.map(({ kind, first, end, authors }) => [kind, first, end, authors])).toEqual([
      ['same', 0, 1, ['bob', 'cleo']],
      ['adjacent', 4, 6, ['bob', 'cleo']],
    ]);
  });

  it('knows the merge of what I wrote offline with what others wrote meanwhile', () => {
    const { room, ana, bob } = meeting();
    ana.insert(8, ' (offline)');
    bob.insert(5, 'number ');
    room.save(bob, 10, [ana]);
    bob.insert(bob.text.length, 'six\n');
    room.save(bob, 11, [ana]);
    room.save(ana, 60);
    const { history } = room;
    const { hunks, shared } = reviewAbsence(history, 1, 'ana');
    expect(hunks.map(({ inserted }) => inserted)).toEqual(['number ', 'six\n']);
    expect(shared).toMatchObject([{ kind: 'same', first: 1, end: 2, authors: ['ana', 'bob'] }]);
    expect(history.text().slice(shared[0]?.from, shared[0]?.to)).toBe('number one (offline)\n');
  });

  it('shows to the one who wrote it what somebody else deleted', () => {
    const { room, ana, bob } = meeting();
    ana.insert(5, 'short-lived ');
    room.save(ana, 10);
    bob.delete(5, 12);
    room.save(bob, 11);
    expect(reviewAbsence(room.history, 1, 'cleo')).toMatchObject({
      hunks: [],
      shared: [{ kind: 'same', first: 1, authors: ['ana', 'bob'] }],
    });
  });

  it('does not count what somebody wrote and took back', () => {
    const { room, ana, bob } = meeting();
    ana.insert(5, 'short-lived ');
    room.save(ana, 10);
    ana.delete(5, 12);
    room.save(ana, 11);
    bob.insert(9, 'number ');
    room.save(bob, 12);
    expect(room.history.text()).toContain('one\nnumber two');
    expect(reviewAbsence(room.history, 1, 'cleo').shared).toEqual([]);
  });

  it('whole lines that somebody deleted are in none of the lines around them', () => {
    const { room, ana, bob } = meeting();
    ana.insert(ana.text.toString().indexOf('four') + 4, ' by ana');
    bob.delete(bob.text.toString().indexOf('three'), 3);
    bob.delete(bob.text.toString().indexOf('ee\n'), 3);
    room.save(bob, 10, [ana]);
    room.save(ana, 11);
    const { history } = room;
    expect(history.text()).toBe('zero\none\ntwo\nfour by ana\nfive\n');
    const [place, ...others] = reviewAbsence(history, 1, 'cleo').shared;
    expect(place).toMatchObject({ kind: 'adjacent', first: 3, end: 4, authors: ['ana', 'bob'] });
    expect(others).toEqual([]);
  });

  it('a line that somebody deleted in part while another wrote in it was changed by both', () => {
    const { room, ana, bob } = meeting();
    ana.insert(ana.text.toString().indexOf('three') + 5, ' by ana');
    bob.delete(bob.text.toString().indexOf('three'), 5);
    room.save(bob, 10, [ana]);
    room.save(ana, 11);
    expect(reviewAbsence(room.history, 1, 'cleo').shared).toMatchObject([
      { kind: 'same', first: 3, end: 4, authors: ['ana', 'bob'] },
    ]);
  });

  describe('the texts that were put together', () => {
    const textsOf = (history: TextHistory, me: string): string[] =>
      sidesOf(history, 1, me).map((plan) => previewPlan(history, plan));

    it('are what I had with what I wrote, and what the others had', () => {
      const { room, ana, bob, cleo } = meeting();
      ana.insert(0, 'A');
      bob.insert(5, 'B');
      room.save(bob, 10, [ana]);
      cleo.insert(cleo.text.length, 'C');
      room.save(cleo, 11, [ana]);
      room.save(ana, 60);
      expect(textsOf(room.history, 'ana')).toEqual([
        'Azero\none\ntwo\nthree\nfour\nfive\n',
        'zero\nBone\ntwo\nthree\nfour\nfive\nC',
      ]);
    });

    it('are those of each of the others where I wrote nothing, and none where one person wrote all', () => {
      const { room, bob, cleo } = meeting();
      bob.insert(0, 'B');
      room.save(bob, 10);
      expect(textsOf(room.history, 'ana')).toEqual([]);
      cleo.insert(cleo.text.length, 'C');
      room.save(cleo, 11);
      expect(textsOf(room.history, 'ana')).toEqual([
        'Bzero\none\ntwo\nthree\nfour\nfive\n',
        'zero\none\ntwo\nthree\nfour\nfive\nC',
      ]);
    });
  });
});
