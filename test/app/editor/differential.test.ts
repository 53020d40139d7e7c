import { afterEach, describe, expect, it } from 'vitest';
import { MonacoBinding as YMonacoBinding } from 'y-monaco';
import * as Y from 'yjs';
import { MonacoBinding } from '../../../src/app/editor/binding/index.ts';
import { closeAll, makeModel, monaco, remote, seeded } from './support.ts';

afterEach(closeAll);

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** One step of a stream. Changes are ascending and do not touch. */
interface Step {
  readonly by: 'local' | 'remote';
  readonly changes: readonly Change[];
  /** Local and remote then hear of each other; without it the next step is concurrent to this one. */
  readonly exchange: boolean;
}

const words = ['a', 'bc', '\n', 'déf', '  ', '\n\n', 'a longer piece of text', '日本'];

/** One side under test: a document with a bound model, and somebody else's document. */
class Side {
  readonly doc = new Y.Doc();
  readonly other = new Y.Doc();
  readonly text = this.doc.getText('content');
  readonly model = makeModel();
  readonly close: () => void;

  constructor(bind: (text: Y.Text, model: monaco.editor.ITextModel) => () => void) {
    this.doc.clientID = 1;
    this.other.clientID = 2;
    this.text.insert(0, 'function start() {\n  return 42;\n}\n');
    this.close = bind(this.text, this.model);
    this.exchange();
  }

  length(by: Step['by']): number {
    return by === 'local' ? this.model.getValueLength() : this.other.getText('content').length;
  }

  apply({ by, changes, exchange }: Step): void {
    if (by === 'local') this.#editModel(changes);
    else this.#editOther(changes);
    if (exchange) this.exchange();
  }

  exchange(): void {
    Y.applyUpdate(this.other, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(this.other)), remote);
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.other, Y.encodeStateVector(this.doc)), remote);
  }

  #editModel(changes: readonly Change[]): void {
    const edits = changes.map(({ at, remove, insert }) => ({
      range: monaco.Range.fromPositions(this.model.getPositionAt(at), this.model.getPositionAt(at + remove)),
      text: insert,
    }));
    this.model.pushEditOperations([], edits, () => null);
  }

  #editOther(changes: readonly Change[]): void {
    const text = this.other.getText('content');
    this.other.transact(() => {
      for (const { at, remove, insert } of changes.toReversed()) {
        text.delete(at, remove);
        text.insert(at, insert);
      }
    });
  }
}

function randomStep(random: (below: number) => number, lengthOf: (by: Step['by']) => number, replace: boolean): Step {
  const by = random(2) === 0 ? 'local' : 'remote';
  const length = lengthOf(by);
  const changes: Change[] = [];
  let at = random(length + 1);
  for (let count = 1 + random(4); count > 0 && at <= length; count--) {
    const word = words[random(words.length)] ?? '';
    const kind = random(replace ? 3 : 2);
    const remove = kind === 0 ? 0 : Math.min(1 + random(6), length - at);
    changes.push({ at, remove, insert: kind === 1 ? '' : word });
    at += remove + 1 + random(10);
  }
  return { by, changes, exchange: replace || random(3) === 0 };
}

function ours(text: Y.Text, model: monaco.editor.ITextModel): () => void {
  const binding = new MonacoBinding({ text, model, monaco });
  return () => binding.dispose();
}

function yMonaco(text: Y.Text, model: monaco.editor.ITextModel): () => void {
  const binding = new YMonacoBinding(text, model);
  return () => binding.destroy();
}

function compare(seed: number, steps: number, replace: boolean): { texts: string[]; models: string[] } {
  const random = seeded(seed);
  const sides = [new Side(ours), new Side(yMonaco)] as const;
  for (let step = 0; step < steps; step++) {
    const next = randomStep(random, (by) => sides[0].length(by), replace);
    for (const side of sides) side.apply(next);
    expect(sides[0].text.toJSON(), `seed ${seed}, step ${step}`).toBe(sides[1].text.toJSON());
    expect(sides[0].model.getValue(), `seed ${seed}, step ${step}`).toBe(sides[1].model.getValue());
  }
  for (const side of sides) side.exchange();
  const result = {
    texts: sides.flatMap(({ text, other }) => [text.toJSON(), other.getText('content').toJSON()]),
    models: sides.map(({ model }) => model.getValue()),
  };
  for (const side of sides) side.close();
  return result;
}

describe('y-monaco as oracle', () => {
  it('edits and remote edits one after the other give the same texts as through y-monaco', () => {
    for (let seed = 100; seed < 125; seed++) {
      const { texts, models } = compare(seed, 80, true);
      expect(new Set([...texts, ...models]).size, `seed ${seed}`).toBe(1);
    }
  });

  it('concurrent insertions and removals give the same texts as through y-monaco', () => {
    for (let seed = 200; seed < 225; seed++) {
      const { texts, models } = compare(seed, 80, false);
      expect(new Set([...texts, ...models]).size, `seed ${seed}`).toBe(1);
    }
  });

  it('the oracle is not the binding itself, and can differ: its mutex loses a nested edit', () => {
    const nested = (bind: typeof ours): string => {
      const side = new Side(bind);
      const observer = (event: Y.YTextEvent): void => {
        if (event.delta.some(({ insert }) => insert === '!')) side.text.insert(0, '* ');
      };
      side.text.observe(observer);
      side.apply({ by: 'local', changes: [{ at: 0, remove: 0, insert: '!' }], exchange: false });
      const same = side.model.getValue() === side.text.toJSON() ? 'equal' : 'different';
      side.close();
      return same;
    };
    expect(nested(ours)).toBe('equal');
    expect(nested(yMonaco)).toBe('different');
  });
});
