import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { readParticipants } from '../../../src/app/session/participants.ts';

function awarenessOf(name: string): Awareness {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState({ user: { id: 'bob', name, color: '#112233' }, file: null });
  return awareness;
}

describe('who is here', () => {
  it('[P27] [STAMP-3] is called as they call themselves, whatever others wrote about them into the tree', () => {
    const people = new Map([['bob', { name: 'Mallory', color: '#ff0000' }]]);
    const [bob] = readParticipants(awarenessOf('Bob'), people);
    expect(bob?.user).toEqual({ id: 'bob', name: 'Bob', color: '#112233' });
  });

  it('has the name of the tree where presence gives none', () => {
    const people = new Map([['bob', { name: 'Bob', color: '#445566' }]]);
    const [bob] = readParticipants(awarenessOf('Someone'), people);
    expect(bob?.user).toEqual({ id: 'bob', name: 'Bob', color: '#445566' });
  });
});
