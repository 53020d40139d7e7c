import { render } from 'lit';
import { describe, expect, it } from 'vitest';
import { renderPanelNotes } from '../../../src/app/history/panel-notes.ts';
import { exactWords } from '../../../src/app/history/words.ts';
import type { Overview } from '../../../src/app/session/history/workbench.ts';

const UNTIL = Date.parse('2026-03-04T05:06:07.000Z');

function notesOf(overview: Partial<Overview> & { readonly missing?: readonly string[] }): string {
  const place = document.createElement('div');
  const whole = { isPurged: false, isDamaged: false, waiting: 0, knownSince: -Infinity, ...overview } as Overview;
  render(renderPanelNotes({ kind: 'ready', overview: whole, keptAt: null }, 0), place);
  return place.textContent.trim();
}

describe('the notes of a history', () => {
  it('[SNAP-3] say that a part is damaged, and up to when', () => {
    expect(notesOf({})).toBe('');
    expect(notesOf({ isDamaged: true, knownSince: UNTIL })).toBe(
      `A part of the history is damaged and missing: up to ${exactWords(UNTIL)}.`,
    );
    expect(notesOf({ isDamaged: true, knownSince: Infinity })).toBe('A part of the history is damaged and missing.');
  });
});
