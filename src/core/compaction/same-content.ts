import * as Y from 'yjs';
import { documentDigest } from '../digest.ts';

/**
 * Whether two documents hold the same: state vector, delete set, and what can be read in them, character for character.
 * How Yjs has cut its structs into pieces does not matter: that depends on the order in which updates came.
 */
export function sameContent(a: Y.Doc, b: Y.Doc): boolean {
  return documentDigest(a) === documentDigest(b) && readable(a) === readable(b);
}

type SharedType = Y.Doc['share'] extends Map<string, infer T> ? T : never;

function readable({ share }: Y.Doc): string {
  const roots = [...share].map(([name, type]) => [name, partsOf(type)] as const);
  const filled = roots.filter(([, parts]) => parts.length > 0);
  return JSON.stringify(filled.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What is not deleted in a type: its sequence, then its keys; texts in one piece. */
function partsOf(type: SharedType): unknown[] {
  const parts: unknown[] = [];
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    const last = parts.at(-1);
    if (item.content instanceof Y.ContentString && typeof last === 'string')
      parts.splice(-1, 1, last + item.content.str);
    else parts.push(...valuesOf(item));
  }
  for (const key of [...type._map.keys()].sort()) {
    const item = type._map.get(key);
    if (item !== undefined && !item.deleted) parts.push([key, valuesOf(item)]);
  }
  return parts;
}

function valuesOf({ content }: Y.Item): unknown[] {
  if (content instanceof Y.ContentString) return [content.str];
  return content instanceof Y.ContentType ? [partsOf(content.type)] : content.getContent();
}
