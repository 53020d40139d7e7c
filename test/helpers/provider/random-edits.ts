import * as Y from 'yjs';
import type { Random } from '../random.ts';

type Shared = Y.Text | Y.Map<unknown> | Y.Array<unknown>;

/**
 * One random operation on a document's text, map or array, or on something nested in them; as Yjs' own tests do.
 *
 * The texts have no surrogate pairs, since nothing here looks where they begin: Yjs replaces the halves of one that is cut
 * by whatever cut it, and a peer that never needs that cut keeps the whole. Cowrite never cuts one [EDIT-4].
 */
export function editAtRandom(doc: Y.Doc, random: Random): void {
  const root = random.pick([doc.getText('text'), doc.getMap('map'), doc.getArray('array')] as [Shared, ...Shared[]]);
  const target = descend(root, random);
  if (target instanceof Y.Text) editText(target, random);
  else if (target instanceof Y.Map) editMap(target, random);
  else editArray(target, random);
}

/** What a document holds, to compare. */
export function contentOf(doc: Y.Doc): unknown {
  return {
    text: doc.getText('text').toDelta() as unknown,
    map: doc.getMap('map').toJSON(),
    array: doc.getArray('array').toJSON(),
  };
}

function descend(type: Shared, random: Random): Shared {
  if (type instanceof Y.Text) return type;
  const nested = (type instanceof Y.Map ? [...type.values()] : type.toArray()).filter(isShared);
  const [first, ...others] = nested;
  if (first === undefined || random.below(2) === 0) return type;
  return descend(random.pick([first, ...others]), random);
}

function isShared(value: unknown): value is Shared {
  return value instanceof Y.Text || value instanceof Y.Map || value instanceof Y.Array;
}

function value(random: Random): unknown {
  const make = random.pick<() => unknown>([
    () => random.below(1000),
    () => `v${random.below(1000)}`,
    () => new Uint8Array([random.below(256)]),
    () => ({ plain: [random.below(10), null] }),
    () => new Y.Text('nested'),
    () => new Y.Map([['key', random.below(10)]]),
    () => Y.Array.from([random.below(10)]),
  ]);
  return make();
}

function editText(text: Y.Text, random: Random): void {
  const at = random.below(text.length + 1);
  const rest = Math.min(text.length - at, 1 + random.below(5));
  const edit = random.pick<() => void>([
    () => text.insert(at, random.pick(['a', 'bc', 'def', '\n', '→ü'])),
    () => text.insert(at, String(random.below(10_000))),
    () => text.delete(at, rest),
    () => text.format(at, rest, { bold: random.pick([true, null]) }),
    () => text.insertEmbed(at, { image: random.below(10) }),
  ]);
  edit();
}

function editMap(map: Y.Map<unknown>, random: Random): void {
  const key = random.pick(['one', 'two', 'three', 'four']);
  if (random.below(4) === 0) map.delete(key);
  else map.set(key, value(random));
}

function editArray(array: Y.Array<unknown>, random: Random): void {
  const at = random.below(array.length + 1);
  if (random.below(3) === 0) array.delete(at, Math.min(array.length - at, 1 + random.below(3)));
  else
    array.insert(
      at,
      Array.from({ length: 1 + random.below(3) }, () => value(random)),
    );
}
