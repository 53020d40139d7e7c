import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { withProvenUser, type PresenceUser } from '../../src/core/presence.ts';
import { readPeople, setPerson } from '../../src/core/tree.ts';

describe('who calls itself an agent', () => {
  it('[STAMP-3] says so beside its name in the tree; nothing but true counts', () => {
    const doc = new Y.Doc();
    setPerson(doc, 'robo', { name: 'Robo', color: '#112233', agent: true });
    setPerson(doc, 'bob', { name: 'Bob', color: '#112233' });
    doc.getMap('people').set('mallory', { name: 'Mallory', color: '#112233', agent: 'yes' });
    expect(Object.fromEntries(readPeople(doc))).toEqual({
      bob: { name: 'Bob', color: '#112233' },
      mallory: { name: 'Mallory', color: '#112233' },
      robo: { name: 'Robo', color: '#112233', agent: true },
    });
  });

  it('is entered anew when it begins or ends, and not otherwise', () => {
    const doc = new Y.Doc();
    let updates = 0;
    doc.on('update', () => updates++);
    const person = { name: 'Robo', color: '#112233' };
    setPerson(doc, 'robo', person);
    setPerson(doc, 'robo', person);
    setPerson(doc, 'robo', { ...person, agent: true });
    setPerson(doc, 'robo', { ...person, agent: true });
    expect(updates).toBe(2);
    setPerson(doc, 'robo', person);
    expect(readPeople(doc).get('robo')).toEqual(person);
  });

  it('[P27] is told by presence, under the user that the stamp proves', () => {
    const shown = (user: unknown): PresenceUser | undefined =>
      withProvenUser({ client: 1, clock: 1, state: { user: user as PresenceUser } }, 'robo').state?.user;
    const name = { id: 'ana', name: 'Robo', color: '#112233' };
    expect(shown({ ...name, agent: true })).toEqual({ id: 'robo', name: 'Robo', color: '#112233', agent: true });
    expect(shown({ ...name, agent: 1 })).toEqual({ id: 'robo', name: 'Robo', color: '#112233' });
    expect(shown({ ...name, name: 'Ro\u202ebo' })?.name).toBe('Robo');
  });
});
