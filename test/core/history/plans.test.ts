import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import { operationsOfPlan, operationsOnLive, previewPlan, type Plan } from '../../../src/core/history/plan.ts';
import { planRestore } from '../../../src/core/history/restore.ts';
import { planRollback } from '../../../src/core/history/rollback.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { diffTexts } from '../../../src/core/history/text-diff.ts';
import { applyOperations, type TextOperation } from '../../../src/core/text.ts';
import { Random } from '../../helpers/random.ts';
import { AUTHORS, cleanIndex, entryOf, randomHistory, replay, replayedText, timeOf, Writer } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

const seeds = fc.integer({ min: 1, max: 2 ** 31 });
const options = fc.record({ late: fc.boolean(), reopens: fc.boolean(), steps: fc.integer({ min: 1, max: 100 }) });
const RUNS = { numRuns: 25 };

function applyTo(text: Y.Text, operations: readonly TextOperation[]): void {
  for (const { index, remove, insert } of operations) {
    if (remove > 0) text.delete(index, remove);
    if (insert !== '') text.insert(index, insert);
  }
}

function sortedCharacters(doc: Y.Doc): string[] {
  return Array.from(doc.getText('text').toString()).sort();
}

/** The indexes of every second hunk. */
function every(plan: Plan, rest: number): Set<number> {
  return new Set(plan.hunks.flatMap((_, index) => (index % 2 === rest ? [index] : [])));
}

/** A document with everything, as an editor has it. */
function liveDoc(entries: readonly LogEntry[]): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(replay(entries)));
  return doc;
}

/** For each character of a text its Yjs id. */
function idsOf(text: Y.Text): string[] {
  const ids: string[] = [];
  for (let item = text._start; item; item = item.right) {
    for (let at = 0; !item.deleted && at < item.length; at++) ids.push(`${item.id.client}/${item.id.clock + at}`);
  }
  return ids;
}

describe('texts compared as such', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'cd', '\n', '😀', '😁', 'lorem ipsum'), { maxLength: 40 });

  it('[EDIT-4] operations lead from one to the other, without cutting a code point', () => {
    fc.assert(
      fc.property(text, text, fc.nat(30), (one, other, most) => {
        const [before, after] = [one.join(''), other.join('')];
        const operations = diffTexts(before, after, most);
        expect(applyOperations(before, operations)).toBe(after);
        for (const { index, remove, insert } of operations) {
          expect(before.slice(index, index + remove).isWellFormed() && insert.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('what is alike by accident is not kept apart', () => {
    expect(diffTexts('the cat sat', 'a dog ran')).toHaveLength(1);
    expect(diffTexts('const a = read(first);', 'let a = read(first, second);')).toEqual([
      { index: 20, remove: 0, insert: ', second' },
      { index: 0, remove: 4, insert: 'le' },
    ]);
  });
});

describe('restoring', () => {
  it('leads to the text of that moment, whichever hunks are chosen one after the other', () => {
    fc.assert(
      fc.property(seeds, options, fc.nat(), (seed, chosen, at) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        const position = at % (entries.length + 1);
        const plan = planRestore(history, position);
        expect(previewPlan(history, plan)).toBe(replayedText(entries, position));
        const all = operationsOfPlan(plan);
        const odd = operationsOfPlan(plan, every(plan, 1));
        const even = operationsOfPlan(plan, every(plan, 0));
        expect([...odd, ...even].sort((a, b) => b.index - a.index)).toEqual(all);
      }),
      RUNS,
    );
  });

  it('[P42] what is in both texts is not touched: anchors stay at their characters', () => {
    fc.assert(
      fc.property(seeds, options, fc.nat(), (seed, chosen, at) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        const position = at % (entries.length + 1);
        const doc = liveDoc(entries);
        const text = doc.getText('text');
        const ids = idsOf(text);
        const anchors = ids.map((_, index) => Y.createRelativePositionFromTypeIndex(text, index));
        const surviving = new Set(idsOf(replay(entries, position).getText('text')));
        applyTo(text, operationsOnLive(history, planRestore(history, position), text));
        expect(text.toString()).toBe(replayedText(entries, position));
        const now = idsOf(text);
        ids.forEach((id, index) => {
          if (!surviving.has(id)) return;
          const found = Y.createAbsolutePositionFromRelativePosition(anchors[index] ?? fail(), doc);
          expect(now[found?.index ?? -1]).toBe(id);
        });
      }),
      RUNS,
    );
  });

  it('[P42] text that was deleted and typed anew alike is not touched either', () => {
    const ana = new Writer('ana', () => 1);
    ana.insert(0, 'one two three');
    const first = ana.flush() ?? fail();
    ana.delete(0, 13);
    ana.insert(0, 'one two and three');
    const second = ana.flush() ?? fail();
    const history = new TextHistory({ entries: [entryOf(first, 'ana', 0, 'a'), entryOf(second, 'ana', 1, 'b')] });
    expect(operationsOfPlan(planRestore(history, 1))).toEqual([{ index: 8, remove: 4, insert: '' }]);
  });

  it('applies to a text that was edited meanwhile: what is new stays, what is gone is not missed', () => {
    fc.assert(
      fc.property(seeds, options, fc.nat(), (seed, chosen, at) => {
        const entries = randomHistory(seed, { ...chosen, late: false });
        const history = new TextHistory({ entries });
        const plan = planRestore(history, at % (entries.length + 1));
        const live = liveDoc(entries);
        const random = new Random(seed + 1);
        const before = new Set(idsOf(live.getText('text')));
        for (let step = 0; step < 6; step++) {
          const text = live.getText('text');
          const index = cleanIndex(text.toString(), random.below(text.length + 1));
          if (random.next() < 0.5) text.insert(index, 'NEW');
          else text.delete(index, cleanIndex(text.toString(), Math.min(text.length, index + 2)) - index);
        }
        const typed = idsOf(live.getText('text')).filter((id) => !before.has(id));
        // The same plan, carried out by somebody who had not heard of the new edits.
        const other = liveDoc(entries);
        applyTo(other.getText('text'), operationsOfPlan(plan));
        Y.applyUpdate(other, Y.encodeStateAsUpdate(live));
        applyTo(live.getText('text'), operationsOnLive(history, plan, live.getText('text')));
        expect(sortedCharacters(live)).toEqual(sortedCharacters(other));
        expect(idsOf(live.getText('text')).filter((id) => typed.includes(id))).toEqual(typed);
      }),
      RUNS,
    );
  });
});

describe('taking back what one author did', () => {
  /** Every unit on its own, by what each update says. */
  function expected(entries: readonly LogEntry[], taken: ReadonlySet<number>): string {
    const bringers = new Map<string, number>();
    const gone = new Set<string>();
    entries.forEach(({ update }, index) => {
      const { structs, ds } = Y.decodeUpdate(update);
      for (const { id, length } of structs) {
        for (let at = 0; at < length; at++) {
          const name = `${id.client}/${id.clock + at}`;
          if (!bringers.has(name)) bringers.set(name, index + 1);
        }
      }
      for (const [client, ranges] of ds.clients) {
        for (const { clock, len } of ranges) {
          for (let at = 0; at < len && !taken.has(index + 1); at++) gone.add(`${client}/${clock + at}`);
        }
      }
    });
    let text = '';
    for (let item = replay(entries).getText('text')._start; item; item = item.right) {
      if (!(item.content instanceof Y.ContentString)) continue;
      for (let at = 0; at < item.length; at++) {
        const name = `${item.id.client}/${item.id.clock + at}`;
        if (!gone.has(name) && !taken.has(bringers.get(name) ?? 0)) text += item.content.str[at] ?? '';
      }
    }
    return text;
  }

  const choose = (entries: readonly LogEntry[], one: number, other: number, who: number): Chosen => {
    const times = [0, ...entries.map(timeOf)];
    const ends = [times[one % times.length] ?? 0, times[other % times.length] ?? 0];
    const author = AUTHORS[who % AUTHORS.length] ?? 'ana';
    const [start, end] = [Math.min(...ends), Math.max(...ends)];
    const taken = entries.flatMap((entry, index) => {
      const time = timeOf(entry);
      return entry.stamp.author === author && time >= start && time <= end ? [index + 1] : [];
    });
    return { choice: { author, start, end }, taken: new Set(taken) };
  };

  it('keeps everything that others did', () => {
    fc.assert(
      fc.property(seeds, options, fc.nat(), fc.nat(), fc.nat(), (seed, chosen, one, other, who) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        const { choice, taken } = choose(entries, one, other, who);
        const plan = planRollback(history, choice);
        expect(plan.positions).toEqual([...taken]);
        // What somebody wrote again at its place does not come back twice.
        const isAgain = plan.builtOn.some(({ kind }) => kind === 'again');
        const preview = previewPlan(history, plan);
        expect(preview).toBe(isAgain ? preview : expected(entries, taken));
        const live = liveDoc(entries);
        applyTo(live.getText('text'), operationsOnLive(history, plan, live.getText('text')));
        expect(live.getText('text').toString()).toBe(previewPlan(history, plan));
      }),
      RUNS,
    );
  });

  /** Indexes in the present text of what others wrote directly beside text of these updates. */
  function writtenBeside(entries: readonly LogEntry[], taken: ReadonlySet<number>): number[] {
    const bringers = new Map<string, number>();
    entries.forEach(({ update }, index) => {
      for (const { id, length } of Y.decodeUpdate(update).structs) {
        for (let at = 0; at < length; at++) {
          const name = `${id.client}/${id.clock + at}`;
          if (!bringers.has(name)) bringers.set(name, index + 1);
        }
      }
    });
    const isTaken = (client: number, clock: number): boolean => taken.has(bringers.get(`${client}/${clock}`) ?? 0);
    const found: number[] = [];
    let index = 0;
    for (let item = replay(entries).getText('text')._start; item; item = item.right) {
      const { id, origin, rightOrigin, length } = item;
      for (let at = 0; !item.deleted && at < length; at++, index++) {
        if (isTaken(id.client, id.clock + at)) continue;
        const left = at === 0 ? origin : Y.createID(id.client, id.clock + at - 1);
        if ([left, rightOrigin].some((one) => one !== null && isTaken(one.client, one.clock))) found.push(index);
      }
    }
    return found;
  }

  it('is the replay without these updates where nobody built on them, and says where somebody did', () => {
    let [alone, built] = [0, 0];
    fc.assert(
      fc.property(seeds, fc.nat(), fc.nat(), fc.nat(), (seed, one, other, who) => {
        const entries = randomHistory(seed, { steps: 40 });
        const history = new TextHistory({ entries });
        const { choice, taken } = choose(entries, one, other, who);
        const plan = planRollback(history, choice);
        const told = plan.builtOn.filter(({ kind }) => kind === 'inside' || kind === 'beside');
        const again = plan.builtOn.filter(({ kind }) => kind === 'again');
        const covered = [...told, ...again].flatMap(({ index, text }) =>
          Array.from({ length: text.length }, (_, at) => index + at),
        );
        const beside = writtenBeside(entries, taken);
        expect(beside.filter((index) => !covered.includes(index))).toEqual([]);
        expect(told.filter(({ index }) => !beside.includes(index))).toEqual([]);
        for (const { index, text } of told) expect(history.text().slice(index, index + text.length)).toBe(text);
        const without = replay(entries.filter((_, index) => !taken.has(index + 1)));
        if (without.store.pendingStructs || without.store.pendingDs) {
          built++;
          return;
        }
        expect(told).toEqual([]);
        if (again.length > 0) return;
        if (taken.size > 0) alone++;
        expect(previewPlan(history, plan)).toBe(without.getText('text').toString());
      }),
      { numRuns: 100 },
    );
    expect(alone > 5 && built > 5).toBe(true);
  });

  const story = (): { history: TextHistory; plan: (author: string) => ReturnType<typeof planRollback> } => {
    const [ana, bob] = [new Writer('ana', () => 1), new Writer('bob', () => 2)];
    const entries: LogEntry[] = [];
    const save = (from: Writer, to: Writer): void => {
      const update = from.flush() ?? fail();
      to.take(update);
      entries.push(entryOf(update, from.author, entries.length * 60_000, `row${entries.length}`));
    };
    ana.insert(0, 'first\nsecond\nthird\n');
    save(ana, bob);
    bob.insert(6, 'BOB WROTE\n');
    bob.delete(23, 6);
    save(bob, ana);
    ana.insert(10, 'and ana ');
    ana.delete(21, 2);
    ana.insert(29, 'fourth\n');
    save(ana, bob);
    const history = new TextHistory({ entries });
    return { history, plan: (author) => planRollback(history, { author, start: 60_000, end: Number.MAX_VALUE }) };
  };

  it('names the places where somebody built on it', () => {
    const { history, plan } = story();
    expect(history.text()).toBe('first\nBOB and ana WRO\nsecond\nfourth\n');
    const { builtOn, ...rest } = plan('bob');
    expect(previewPlan(history, rest)).toBe('first\nand ana second\nthird\nfourth\n');
    expect(builtOn.map(({ kind, text, index, by }) => [kind, text, index, by.author])).toEqual([
      ['inside', 'and ana ', 10, 'ana'],
      ['deleted', 'TE', 21, 'ana'],
      ['replaced', 'fourth\n', 29, 'ana'],
    ]);
  });

  /** Bob and Ana write in turn, each from what the other saved; `takeBack` is Ana's and takes back all of Bob's. */
  class Pair {
    private readonly ana = new Writer('ana', () => 1);
    private readonly bob = new Writer('bob', () => 2);
    private readonly entries: LogEntry[] = [];

    constructor(text: string) {
      this.ana.insert(0, text);
      this.save(this.ana, this.bob);
    }

    get history(): TextHistory {
      return new TextHistory({ entries: this.entries });
    }

    get plan(): ReturnType<typeof planRollback> {
      return planRollback(this.history, { author: 'bob', start: 0, end: Number.MAX_VALUE });
    }

    get text(): string {
      return this.ana.text.toJSON();
    }

    anaWrites(change: (ana: Writer) => void): this {
      change(this.ana);
      return this.save(this.ana, this.bob);
    }

    bobWrites(change: (bob: Writer) => void): this {
      change(this.bob);
      return this.save(this.bob, this.ana);
    }

    takeBack(): this {
      applyTo(this.ana.text, operationsOnLive(this.history, this.plan, this.ana.text));
      return this.save(this.ana, this.bob);
    }

    private save(from: Writer, to: Writer): this {
      const update = from.flush();
      if (update === null) return this;
      to.take(update);
      this.entries.push(entryOf(update, from.author, this.entries.length * 60_000, `row${this.entries.length}`));
      return this;
    }
  }

  it('[P42] what was taken back already does not come back twice, and that is told', () => {
    const pair = new Pair('one\ntwo\nthree').bobWrites((bob) => bob.delete(4, 4)).takeBack();
    expect(pair.text).toBe('one\ntwo\nthree');
    expect(pair.plan.hunks).toEqual([]);
    expect(pair.plan.builtOn.map(({ kind, text, index, by }) => [kind, text, index, by.author])).toEqual([
      ['again', 'two\n', 4, 'ana'],
    ]);
    expect(pair.takeBack().text).toBe('one\ntwo\nthree');
  });

  it('[P42] neither where something else was written in its place', () => {
    const renamed = new Pair('const total = 1;').bobWrites((bob) => {
      bob.delete(6, 5);
      bob.insert(6, 'sum');
    });
    expect(renamed.text).toBe('const sum = 1;');
    expect(renamed.takeBack().text).toBe('const total = 1;');
    expect(renamed.plan.hunks).toEqual([]);
    // The whole line was typed anew: of it, what was alike stayed.
    const line = new Pair('{\nconst total = 1;\n}').bobWrites((bob) => {
      bob.delete(2, 16);
      bob.insert(2, 'const sum = 1;');
    });
    expect(line.takeBack().text).toBe('{\nconst total = 1;\n}');
    expect(line.plan.hunks).toEqual([]);
  });

  it('[P42] what came since at that place goes all the same', () => {
    const pair = new Pair('one\ntwo\nthree').bobWrites((bob) => bob.delete(4, 4)).takeBack();
    pair.bobWrites((bob) => bob.insert(4, 'BOB\n'));
    expect(pair.text).toBe('one\nBOB\ntwo\nthree');
    expect(pair.takeBack().text).toBe('one\ntwo\nthree');
  });

  it('[P42] what was brought back and deleted again comes back once', () => {
    const pair = new Pair('one\ntwo\nthree').bobWrites((bob) => bob.delete(4, 4)).takeBack();
    pair.bobWrites((bob) => bob.delete(4, 4));
    expect(pair.takeBack().text).toBe('one\ntwo\nthree');
    expect(pair.takeBack().text).toBe('one\ntwo\nthree');
    // Ana has second thoughts, and once more.
    pair.anaWrites((ana) => ana.delete(4, 4));
    expect(pair.takeBack().text).toBe('one\ntwo\nthree');
  });

  it('comes back where another text stands in its place, or the same one somewhere else', () => {
    const other = new Pair('one\ntwo\nthree').bobWrites((bob) => bob.delete(4, 4));
    other.anaWrites((ana) => ana.insert(4, 'deux\n'));
    expect(other.takeBack().text.split('\n').sort()).toEqual(['deux', 'one', 'three', 'two']);
    const elsewhere = new Pair('one\ntwo\nthree').bobWrites((bob) => bob.delete(4, 4));
    elsewhere.anaWrites((ana) => ana.insert(0, 'two\n'));
    expect(elsewhere.takeBack().text).toBe('two\none\ntwo\nthree');
  });
});

interface Chosen {
  readonly choice: { readonly author: string; readonly start: number; readonly end: number };
  readonly taken: ReadonlySet<number>;
}

function fail(): never {
  throw new Error('missing');
}
