import type { editor } from 'monaco-editor/editor';
import type { SuggestedRange } from '../../core/history/suggested.ts';
import type { BlameRange } from '../../core/history/types.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import { authorOf, nameOf } from './authors.ts';
import { ready } from './ready.ts';
import { SuggestionsOfFile } from './suggestions-of-file.ts';
import { countWords, momentWords } from './words.ts';
import './blame.css';

/** Says below the selection who wrote it, or below the cursor who wrote the line; Escape and the next key take it away. */
export async function showSelectionAuthors(context: EditorContext, session: ProjectSession): Promise<void> {
  const { editor: codeEditor, model, file } = context;
  const selection = codeEditor.getSelection();
  if (!selection) return;
  const [from, to] = selection.isEmpty()
    ? [
        model.getOffsetAt({ lineNumber: selection.startLineNumber, column: 1 }),
        model.getOffsetAt({
          lineNumber: selection.startLineNumber,
          column: model.getLineMaxColumn(selection.startLineNumber),
        }),
      ]
    : [model.getOffsetAt(selection.getStartPosition()), model.getOffsetAt(selection.getEndPosition())];
  const history = session.history.file(file.id);
  const suggestions = new SuggestionsOfFile(session, file.id);
  try {
    await Promise.all([ready(history.state), suggestions.loaded]);
    const saved = await history.ask('text');
    const lines =
      saved === model.getValue()
        ? await sharesOf(history, suggestions, from, to)
        : ['Some of this file is not saved yet. Ask again in a moment.'];
    if (!model.isDisposed()) showBelow(context, selection.endLineNumber, selection.endColumn, lines);
  } finally {
    history.close();
    suggestions.close();
  }
}

async function sharesOf(
  history: FileHistory,
  { who, accepted }: SuggestionsOfFile,
  from: number,
  to: number,
): Promise<string[]> {
  const [ranges, suggested] = await Promise.all([
    history.ask('blameRanges', from, to),
    history.ask('suggested', accepted),
  ]);
  const clipped = suggested.map((range) => ({
    ...range,
    from: Math.max(from, range.from),
    to: Math.min(to, range.to),
  }));
  return tellShares(
    who,
    ranges,
    clipped.filter((range) => range.from < range.to),
  );
}

/** “Ana (you): 12 characters, yesterday 14:03”, the one with the most first. */
export function tellShares(
  session: Pick<ProjectSession, 'people' | 'user'>,
  ranges: readonly BlameRange[],
  suggested: readonly SuggestedRange[] = [],
): string[] {
  const shares = new Map<string | null, { count: number; last: number }>();
  for (const { author, from, to, end } of ranges) {
    const known = shares.get(author) ?? { count: 0, last: 0 };
    shares.set(author, { count: known.count + to - from, last: Math.max(known.last, end) });
  }
  if (shares.size === 0) return ['There is no text here.'];
  const now = Date.now();
  return [...shares]
    .sort((a, b) => b[1].count - a[1].count)
    .map(([author, { count, last }]) => {
      const when = last === 0 ? '' : `, ${momentWords(last, now)}`;
      const said = suggestionsWords(
        session,
        suggested.filter(({ by }) => by === author),
      );
      return `${nameOf(authorOf(session, author))}: ${countWords(count, 'character')}${when}${said}`;
    });
}

/** “, 4 of them suggested by Rita”. */
function suggestionsWords(
  session: Pick<ProjectSession, 'people' | 'user'>,
  suggested: readonly SuggestedRange[],
): string {
  const counts = new Map<string, number>();
  for (const { suggestedBy, from, to } of suggested) {
    counts.set(suggestedBy, (counts.get(suggestedBy) ?? 0) + to - from);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([id, count]) => `, ${count} of them suggested by ${nameOf(authorOf(session, id))}`)
    .join('');
}

function showBelow({ editor: codeEditor, monaco }: EditorContext, line: number, column: number, lines: string[]): void {
  const node = document.createElement('ul');
  node.className = 'cw-authors';
  node.setAttribute('role', 'status');
  node.dataset['testid'] = 'selection-authors';
  for (const text of lines) {
    const item = document.createElement('li');
    item.textContent = text;
    node.append(item);
  }
  const { BELOW, ABOVE } = monaco.editor.ContentWidgetPositionPreference;
  const widget: editor.IContentWidget = {
    getId: () => 'cowrite.authors',
    getDomNode: () => node,
    getPosition: () => ({ position: { lineNumber: line, column }, preference: [BELOW, ABOVE] }),
    allowEditorOverflow: true,
    suppressMouseDown: true,
  };
  codeEditor.addContentWidget(widget);
  const close = (): void => {
    for (const listener of listeners) listener.dispose();
    codeEditor.removeContentWidget(widget);
  };
  const listeners = [
    codeEditor.onKeyDown(close),
    codeEditor.onMouseDown(close),
    codeEditor.onDidScrollChange(close),
    codeEditor.onDidChangeModel(close),
    codeEditor.onDidBlurEditorWidget(close),
    codeEditor.onDidDispose(close),
  ];
}
