import { html, nothing, type TemplateResult } from 'lit';
import type { BuiltOnKind } from '../../core/history/rollback.ts';
import type { ProjectSession } from '../session/api.ts';
import { authorOf } from './authors.ts';
import type { HistoryView } from './events.ts';
import { lineAt, type Scene } from './scene.ts';
import { quoteWords } from './words.ts';

/** More are not named: the list of changes has them all. */
const MOST_NAMED = 5;
const QUOTED_CHARS = 60;

const BUILT_ON: Readonly<Record<BuiltOnKind, string>> = {
  inside: 'wrote within it',
  beside: 'wrote beside it',
  deleted: 'deleted a part of it',
  replaced: 'wrote in its place',
  again: 'brought back what was deleted',
};

/** What there is to say about a view of the past: what a plan does, who built on it. */
export function renderNotes(
  session: ProjectSession,
  kind: HistoryView['kind'],
  scene: Scene,
): TemplateResult | typeof nothing {
  const notes: string[] = [];
  if (kind === 'restore') {
    notes.push('A preview. What was written since goes, what was deleted comes back; Ctrl+Z undoes it.');
  }
  if (kind === 'rollback') {
    notes.push('A preview. Everything else stays as it is; Ctrl+Z undoes it.');
    for (const { kind: how, by, text, index } of scene.builtOn.slice(0, MOST_NAMED)) {
      const { name } = authorOf(session, by.author);
      const what = quoteWords(text, QUOTED_CHARS);
      const end = how === 'again' ? 'It does not come back twice.' : 'That stays.';
      notes.push(`${name} ${BUILT_ON[how]} in line ${lineAt(scene.before, index)}: ${what}. ${end}`);
    }
  }
  if (notes.length === 0) return nothing;
  return html`<div role="status">
    <ul class="moment-notes" data-testid="moment-notes">
      ${notes.map((note) => html`<li>${note}</li>`)}
    </ul>
  </div>`;
}
