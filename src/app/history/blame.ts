import type { editor, IDisposable, languages, Position } from 'monaco-editor/editor';
import { diffTexts } from '../../core/history/text-diff.ts';
import type { SuggestedRange } from '../../core/history/suggested.ts';
import type { BlameLine, BlameRange } from '../../core/history/types.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import { authorOf, nameOf } from './authors.ts';
import { gutterClass } from './mark-styles.ts';
import { SuggestionsOfFile } from './suggestions-of-file.ts';
import { asCode, momentWords, namesWords, shortWords } from './words.ts';
import './blame.css';

/** Room for the names beside the line numbers, in pixels. */
const GUTTER_WIDTH = 148;
const NORMAL_WIDTH = 10;
/** After a change the gutter is set right when nothing was typed for so long. */
const QUIET_MS = 400;
const LONGEST_NAME = 12;
/** Where two names stand beside each other. */
const LONGEST_OF_TWO = 7;

/** Who wrote a line of the text as it is in the editor. */
type Told =
  | {
      readonly author: string | null;
      readonly time: number;
      /** All who wrote in the line, the one with the most characters first. */
      readonly authors: readonly (string | null)[];
      /** Where the line is in the saved text; `to` is behind its line feed. */
      readonly from: number;
      readonly to: number;
      /** User ids of those whose suggestions the author accepted in it. */
      readonly suggestedBy: readonly string[];
    }
  | 'unsaved'
  /** There is nothing in it that anybody could have written: the end of a text behind its last line feed. */
  | 'nobody';

/**
 * The gutter that tells who wrote each line of the file in the editor, and what the mouse says of it. What is not saved
 * yet is shown as such.
 */
export class BlameGutter {
  private readonly context: EditorContext;
  private readonly session: ProjectSession;
  private readonly history: FileHistory;
  private readonly suggestions: SuggestionsOfFile;
  private readonly decorations: editor.IEditorDecorationsCollection;
  private readonly undo: (() => void)[] = [];
  private readonly hover: IDisposable;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private told: readonly Told[] = [];
  private suggested: readonly SuggestedRange[] = [];
  /** Something has changed since it was asked who wrote what. */
  private isStale = true;
  private closed = false;

  constructor(context: EditorContext, session: ProjectSession) {
    this.context = context;
    this.session = session;
    this.history = session.history.file(context.file.id);
    this.suggestions = new SuggestionsOfFile(session, context.file.id);
    const { editor: codeEditor, model, monaco } = context;
    codeEditor.updateOptions({ lineDecorationsWidth: GUTTER_WIDTH });
    codeEditor.getContainerDomNode().classList.add('has-blame');
    this.decorations = codeEditor.createDecorationsCollection();
    const changed = model.onDidChangeContent(() => this.soon());
    this.undo.push(
      () => changed.dispose(),
      this.history.state.subscribe(() => this.soon()),
      this.suggestions.subscribe(() => this.soon()),
      session.people.subscribe(() => this.draw()),
    );
    this.hover = monaco.languages.registerHoverProvider('*', {
      provideHover: (shown, position) => (shown === model ? this.hoverAt(position) : null),
    });
    this.refresh();
  }

  /** Takes everything back that it drew. Calling it twice is harmless. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    for (const undo of this.undo) undo();
    this.hover.dispose();
    this.decorations.clear();
    const { editor: codeEditor } = this.context;
    codeEditor.updateOptions({ lineDecorationsWidth: NORMAL_WIDTH });
    codeEditor.getContainerDomNode().classList.remove('has-blame');
    this.history.close();
    this.suggestions.close();
  }

  private soon(): void {
    this.isStale = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), QUIET_MS);
  }

  private refresh(): void {
    this.timer = null;
    if (this.closed || this.history.state.value.kind !== 'ready') return;
    this.history.ask('blameLines', this.suggestions.accepted).then(
      ({ text, lines, suggested }) => {
        const { model } = this.context;
        if (this.closed || model.isDisposed()) return;
        this.told = tellLines(text, lines, model.getValue(), suggested);
        this.suggested = suggested;
        this.isStale = this.timer !== null;
        this.draw();
      },
      // The history was closed or rebuilt meanwhile: its next change draws it.
      () => this.soon(),
    );
  }

  private draw(): void {
    if (this.closed) return;
    const now = Date.now();
    let last = '';
    const drawn = this.told.flatMap((told, index): editor.IModelDeltaDecoration[] => {
      if (told === 'nobody') return [];
      const isUnsaved = told === 'unsaved';
      const author = authorOf(this.session, isUnsaved ? this.session.user.id : told.author);
      const time = isUnsaved ? 'not saved' : told.time === 0 ? '' : shortWords(told.time, now);
      const suggester = isUnsaved ? undefined : told.suggestedBy[0];
      const name =
        suggester === undefined
          ? shortName(author.name, LONGEST_NAME)
          : `${shortName(author.name, LONGEST_OF_TWO)}, ${shortName(authorOf(this.suggestions.who, suggester).name, LONGEST_OF_TWO)}`;
      const label =
        `${name}${isUnsaved || told.authors.length === 1 ? '' : ` +${told.authors.length - 1}`}  ${time}`.trim();
      const shown = label === last ? '' : label;
      last = label;
      const options = { linesDecorationsClassName: `cw-blame ${gutterClass(author.color, shown)}` };
      return [{ range: new this.context.monaco.Range(index + 1, 1, index + 1, 1), options }];
    });
    this.decorations.set(drawn);
  }

  /** Who wrote the character at a position of the editor, and who else wrote in its line. */
  private async hoverAt({ lineNumber, column }: Position): Promise<languages.Hover | null> {
    const { told: lines, suggested } = this;
    const told = lines[lineNumber - 1];
    if (told === undefined || told === 'nobody') return null;
    if (told === 'unsaved') return { contents: [{ value: 'Not saved yet' }] };
    const ranges = this.isStale ? [] : await this.rangesOf(told.from, told.to);
    // What has changed meanwhile is asked for anew by the next move of the mouse.
    if (this.closed || this.isStale || this.told !== lines) return null;
    const index = Math.min(told.from + column - 1, told.to - 1);
    const range = ranges.find(({ from, to }) => from <= index && index < to);
    if (range === undefined) return null;
    const said = this.sentence(range, suggestersAt(index, range.author, suggested), told.authors);
    const columnOf = (at: number): number => at - told.from + 1;
    const end = this.context.model.getLineMaxColumn(lineNumber);
    return {
      contents: [{ value: asCode(said) }],
      range: new this.context.monaco.Range(
        lineNumber,
        columnOf(range.from),
        lineNumber,
        Math.min(columnOf(range.to), end),
      ),
    };
  }

  private async rangesOf(from: number, to: number): Promise<readonly BlameRange[]> {
    try {
      return await this.history.ask('blameRanges', from, to);
    } catch {
      return []; // The history was closed or rebuilt meanwhile.
    }
  }

  private sentence(
    { author, end }: BlameRange,
    suggestedBy: readonly string[],
    authors: readonly (string | null)[],
  ): string {
    const name = (id: string | null): string => nameOf(authorOf(this.session, id));
    const suggesters = namesWords(suggestedBy.map((id) => nameOf(authorOf(this.suggestions.who, id))));
    const who = suggestedBy.length === 0 ? name(author) : `${name(author)} accepted, suggested by ${suggesters}`;
    const when = end === 0 ? '' : `, ${momentWords(end, Date.now())}`;
    const others = authors.filter((other) => other !== author);
    return `${who}${when}${others.length === 0 ? '' : `. Also in this line: ${others.map(name).join(', ')}`}`;
  }
}

function shortName(name: string, longest: number): string {
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}

/** Whose suggestions the newest change of a line accepted. */
function suggestersOf({ from, to, newest }: BlameLine, suggested: readonly SuggestedRange[]): string[] {
  const found = suggested.filter(
    (range) => range.from <= to && range.to > from && range.position === newest?.position && range.by === newest.author,
  );
  return [...new Set(found.map(({ suggestedBy }) => suggestedBy))];
}

/** Whose suggestions brought a character that somebody accepted. */
function suggestersAt(index: number, author: string | null, suggested: readonly SuggestedRange[]): string[] {
  return suggested
    .filter(({ from, to, by }) => from <= index && index < to && by === author)
    .map(({ suggestedBy }) => suggestedBy);
}

/** Carries what is known of the lines of a saved text over to the text in the editor. */
export function tellLines(
  saved: string,
  lines: readonly BlameLine[],
  shown: string,
  suggested: readonly SuggestedRange[] = [],
): Told[] {
  // From the beginning to the end.
  const changes = saved === shown ? [] : diffTexts(saved, shown).reverse();
  const told: Told[] = [];
  let change = 0;
  /** How much longer the text in the editor is, up to here. */
  let shift = 0;
  let line = 0;
  for (let from = 0; ;) {
    const feed = shown.indexOf('\n', from);
    const to = feed === -1 ? shown.length : feed;
    let isTouched = false;
    for (let next = changes[change]; next !== undefined && next.index + shift <= to; next = changes[change]) {
      const start = next.index + shift;
      const end = start + next.insert.length;
      // What ended with the line before is no change of this one, and neither is that whole lines before it are gone.
      const isWhole = next.remove === 0 || saved[next.index + next.remove - 1] === '\n';
      if (start > from || end > from || (start === from && !isWhole)) isTouched = true;
      if (end > to) break;
      shift += next.insert.length - next.remove;
      change++;
    }
    if (isTouched) told.push('unsaved');
    else {
      const index = from - shift;
      while (line + 1 < lines.length && (lines[line + 1]?.from ?? Infinity) <= index) line++;
      const known = lines[line];
      if (known === undefined || known.authors.length === 0) told.push('nobody');
      else {
        told.push({
          author: known.newest?.author ?? null,
          time: known.newest?.time ?? 0,
          authors: known.authors,
          from: known.from,
          to: Math.min(known.to + 1, saved.length),
          suggestedBy: suggestersOf(known, suggested),
        });
      }
    }
    if (feed === -1) return told;
    from = feed + 1;
  }
}
