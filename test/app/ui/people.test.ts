import { describe, expect, it } from 'vitest';
import { initialsOf, inkOn, othersByFile, peopleHere, safeColor } from '../../../src/app/presence/people.ts';
import type { Participant } from '../../../src/app/session/api.ts';

function participant(client: number, id: string, name: string, file: string | null, isMe = false): Participant {
  return { client, user: { id, name, color: '#0f766e' }, file, isMe };
}

describe('people', () => {
  it('lets nothing but a colour into styles', () => {
    expect(safeColor('#0F766e')).toBe('#0F766e');
    for (const bad of ['red;background:url(//x)', '#fff', 'url(x)', '#12345g', '', null, 7]) {
      expect(safeColor(bad)).toMatch(/^#[0-9a-f]{6}$/);
      expect(safeColor(bad)).not.toBe(bad);
    }
  });

  it('makes initials of any name', () => {
    expect(initialsOf('Ana Maria Silva')).toBe('AS');
    expect(initialsOf('cleo')).toBe('C');
    expect(initialsOf('  👩‍💻 dev ')).toBe('👩‍💻D');
    expect(initialsOf('   ')).toBe('?');
  });

  it('writes on colours so that it can be read', () => {
    expect(inkOn('#ffe08a')).toBe('#000000');
    expect(inkOn('#1e3a8a')).toBe('#ffffff');
  });

  it('shows a person with two tabs once, oneself first', () => {
    const people = peopleHere([
      participant(1, 'ben', 'Ben', 'f1'),
      participant(2, 'ana', 'Ana', null),
      participant(3, 'me', 'Zoe', 'f2', true),
      participant(4, 'ben', 'Ben', 'f2'),
    ]);
    expect(people.map((person) => person.name)).toEqual(['Zoe', 'Ana', 'Ben']);
    expect(people[2]?.files).toEqual(['f1', 'f2']);
  });

  it('says who else is in a file, but not oneself', () => {
    const byFile = othersByFile([
      participant(1, 'me', 'Zoe', 'f1', true),
      participant(2, 'ben', 'Ben', 'f1'),
      participant(3, 'ana', 'Ana', 'f1'),
    ]);
    expect(byFile.get('f1')?.map((person) => person.name)).toEqual(['Ana', 'Ben']);
    expect(byFile.size).toBe(1);
  });
});
