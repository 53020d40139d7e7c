import * as Y from 'yjs';
import type { Act, Draft } from '../../../src/core/review/actions.ts';
import type { Role } from '../../../src/core/roles.ts';
import { StructStamps } from '../../../src/core/review/stamped.ts';
import { REMOTE } from '../../../src/core/origins.ts';

export const said = (text: string): Draft => ({ text, people: [] });

let count = 0;

/** Something that somebody does; ids and times are counted. */
export function act(by: string): Act {
  count++;
  return { id: `${by}${count}`, by, at: 1000 + count };
}

/** A document with a text, and a way to bring another up to date. */
export function fileOf(content = ''): { doc: Y.Doc; text: Y.Text } {
  const doc = new Y.Doc();
  const text = doc.getText('text');
  if (content !== '') text.insert(0, content);
  return { doc, text };
}

export function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc), REMOTE);
  return copy;
}

/** Brings all documents to the same state. */
export function sync(...docs: readonly Y.Doc[]): void {
  for (const from of docs) for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from), REMOTE);
}

/** A review document of somebody, whose rows carry their stamp. */
export class Reviewer {
  readonly doc = new Y.Doc();
  readonly stamps = new StructStamps();
  readonly name: string;
  readonly role: Role;
  private readonly rows: { readonly update: Uint8Array; readonly by: Reviewer }[];

  /** @param rows the log that reviewers of one document share */
  constructor(name: string, role: Role, rows: Reviewer['rows']) {
    this.name = name;
    this.role = role;
    this.rows = rows;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) rows.push({ update, by: this });
    });
  }

  /** Reads the whole log. */
  read(): void {
    for (const { update, by } of this.rows) {
      this.stamps.learn(update, { project: 'p', role: by.role, author: by.name });
      Y.applyUpdate(this.doc, update, REMOTE);
    }
  }
}
