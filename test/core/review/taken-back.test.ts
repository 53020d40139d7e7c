import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { recordAcceptance, suggest } from '../../../src/core/review/actions.ts';
import { createAnchor, resolveAnchors } from '../../../src/core/review/anchors.ts';
import { readReview } from '../../../src/core/review/review.ts';
import { applyToText, planAcceptance, wasTakenBack } from '../../../src/core/review/suggestions.ts';
import { act, fileOf, said } from './support.ts';

/** A file in which a suggestion was made, `change` came in between, and it was accepted. */
function accepted(replaced: string, insert: string, change: (text: Y.Text) => void = () => undefined) {
  const { text } = fileOf(`first line\n${replaced}\nlast line\n`);
  const review = new Y.Doc();
  const anchor = createAnchor(text, 11, 11 + replaced.length);
  const made = suggest(review, act('rita'), anchor, { replaced, insert }, said(''));
  if (!made.ok) throw new Error(made.message);
  change(text);
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set(['bob']) });
  const [place] = resolveAnchors(text, [anchor]);
  const plan = place && planAcceptance(text.toJSON(), place, { replaced, insert });
  if (!plan || plan.kind === 'gone' || plan.operation === null) throw new Error('cannot be accepted');
  recordAcceptance(review, act('bob'), made.value, applyToText(text, plan.operation, 'bob'));
  const isTakenBack = (): boolean => {
    const [thread] = readReview(review).threads;
    const [now] = resolveAnchors(text, [anchor]);
    if (!thread || !now) throw new Error('no thread');
    return wasTakenBack(text, text.toJSON(), now, thread);
  };
  return { text, undo, isTakenBack, result: plan.result };
}

describe('[P42] an acceptance is taken back', () => {
  for (const [what, replaced, insert] of [
    ['a few characters', 'let d = 4;', 'let d = 40;'],
    ['all the text', 'old and long', 'NEW'],
    ['a removal', 'let d = 4;', ''],
    ['a partial removal', 'let d = 4;', 'let d;'],
  ] as const) {
    it(`by undo, and made again by redo: ${what}`, () => {
      const { text, undo, isTakenBack } = accepted(replaced, insert);
      expect(isTakenBack()).toBe(false);
      undo.undo();
      expect(text.toJSON()).toContain(replaced);
      expect(isTakenBack()).toBe(true);
      undo.redo();
      expect(text.toJSON()).not.toContain(replaced);
      expect(isTakenBack()).toBe(false);
    });
  }

  it('by undo where others had changed the text before, whose change stays', () => {
    const { text, undo, isTakenBack, result } = accepted('let d = 4;', 'let d = 40;', (file) => {
      file.insert(16, 'elta');
    });
    expect(result).toBe('let delta = 40;');
    expect(isTakenBack()).toBe(false);
    undo.undo();
    expect(text.toJSON()).toContain('let delta = 4;');
    expect(isTakenBack()).toBe(true);
  });

  it('not by what somebody writes or deletes there later', () => {
    const rewritten = accepted('let d = 4;', 'let d = 40;');
    rewritten.text.delete(19, 2);
    rewritten.text.insert(19, '7');
    expect(rewritten.isTakenBack()).toBe(false);
    const deleted = accepted('let d = 4;', 'let d = 40;');
    deleted.text.delete(11, 12);
    expect(deleted.isTakenBack()).toBe(false);
    const renamed = accepted('let d = 4;', 'let d = 40;');
    renamed.text.insert(16, 'elta');
    expect(renamed.isTakenBack()).toBe(false);
  });
});
