import type { editor } from 'monaco-editor/editor';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { minimalReplacement } from '../../core/text.ts';
import { collaborativeEditorOptions, languageForFile, monaco, prepareMonaco } from '../editor/monaco.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { markClass } from './mark-styles.ts';
import { asCode } from './words.ts';

/** `text`: only the later text; `split` and `inline`: both, beside or below each other. */
export type Layout = 'text' | 'split' | 'inline';

/** A part of one of the texts, in the colour of an author. */
export interface Mark {
  readonly side: 'before' | 'after';
  readonly from: number;
  readonly to: number;
  readonly color: string;
  /** What the mouse says, as plain text. */
  readonly label: string;
}

/** Lines of the later text that something is to be said about. */
export interface LineMark {
  /** `same`: several people changed them; `adjacent`: line beside line; `problem`: something is wrong there. */
  readonly kind: 'same' | 'adjacent' | 'problem';
  /** From 1; `last` belongs to it. */
  readonly line: number;
  readonly last: number;
  /** What is underlined. */
  readonly range: { readonly from: number; readonly to: number } | null;
  /** What the mouse says, as plain text. */
  readonly label: string;
}

const OPTIONS = {
  ...collaborativeEditorOptions,
  readOnly: true,
  domReadOnly: true,
  automaticLayout: true,
  fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontLigatures: false,
  fontSize: 13,
  lineHeight: 20,
  padding: { top: 8, bottom: 8 },
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  renderLineHighlight: 'none',
  // The services of the languages are asked about the text that is worked on, not about every moment of the past.
  renderValidationDecorations: 'off',
  overviewRulerLanes: 0,
  hideCursorInOverviewRuler: true,
  contextmenu: false,
  unicodeHighlight: { ambiguousCharacters: false },
  // Nothing can be typed here, so the Tab key goes on.
  tabFocusMode: true,
} as const;

/** Monaco on a text of the past, alone or compared with another; what has authors is marked in their colours. */
export class MomentEditor extends LightElement {
  static override properties = {
    layout: { attribute: false },
    earlier: { attribute: false },
    later: { attribute: false },
    marks: { attribute: false },
    lines: { attribute: false },
    name: { attribute: false },
    theme: { attribute: false },
    labels: { attribute: false },
  };

  declare layout: Layout;
  declare earlier: string;
  declare later: string;
  declare marks: readonly Mark[];
  declare lines: readonly LineMark[];
  /** Of the file: decides the language. */
  declare name: string;
  declare theme: Theme;
  /** What the two texts are, for assistive technology. */
  declare labels: readonly [before: string, after: string];

  private models: { readonly before: editor.ITextModel; readonly after: editor.ITextModel } | null = null;
  private plain: editor.IStandaloneCodeEditor | null = null;
  private diff: editor.IStandaloneDiffEditor | null = null;
  private decorations: editor.IEditorDecorationsCollection[] = [];

  constructor() {
    super();
    this.layout = 'split';
    this.earlier = '';
    this.later = '';
    this.marks = [];
    this.lines = [];
    this.labels = ['Before', 'After'];
  }

  /** Scrolls to a place of the later text, or of the earlier one. */
  reveal(side: Mark['side'], index: number): void {
    const shown = this.editorOf(side);
    const model = shown?.getModel();
    if (!shown || !model) return;
    const position = model.getPositionAt(index);
    shown.revealPositionInCenterIfOutsideViewport(position);
    shown.setPosition(position);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dropEditors();
    this.models?.before.dispose();
    this.models?.after.dispose();
    this.models = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<div class="moment-code monaco-component" data-testid="moment-code"></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.isConnected) return;
    const { before, after } = this.prepare(changed.has('name'));
    setText(before, this.earlier);
    setText(after, this.later);
    this.show(changed.has('layout'));
    if (changed.has('theme')) monaco.editor.setTheme(`cowrite-${this.theme}`);
    if (changed.has('labels') || changed.has('layout')) this.label();
    if (changed.has('marks') || changed.has('lines') || changed.has('layout')) this.mark();
  }

  private prepare(renamed: boolean): NonNullable<typeof this.models> {
    const language = languageForFile(this.name);
    if (this.models === null) {
      prepareMonaco();
      const create = (text: string): editor.ITextModel => {
        const model = monaco.editor.createModel(text, language);
        model.setEOL(monaco.editor.EndOfLineSequence.LF);
        return model;
      };
      this.models = { before: create(this.earlier), after: create(this.later) };
    } else if (renamed) {
      for (const model of [this.models.before, this.models.after]) monaco.editor.setModelLanguage(model, language);
    }
    return this.models;
  }

  private show(layoutChanged: boolean): void {
    const place = this.querySelector<HTMLElement>('.moment-code');
    if (!place || !this.models) throw new Error('The text has no place to be in.');
    const isPlain = this.layout === 'text';
    if (isPlain ? this.plain === null : this.diff === null) this.dropEditors();
    const theme = `cowrite-${this.theme}`;
    if (isPlain) {
      this.plain ??= monaco.editor.create(place, { ...OPTIONS, theme, model: this.models.after });
      return;
    }
    if (this.diff === null) {
      this.diff = monaco.editor.createDiffEditor(place, {
        ...OPTIONS,
        theme,
        originalEditable: false,
        renderOverviewRuler: false,
        renderMarginRevertIcon: false,
        renderGutterMenu: false,
        hideUnchangedRegions: { enabled: true },
        useInlineViewWhenSpaceIsLimited: false,
        renderSideBySide: this.layout === 'split',
      });
      keepTooltips();
      this.diff.setModel({ original: this.models.before, modified: this.models.after });
    } else if (layoutChanged) this.diff.updateOptions({ renderSideBySide: this.layout === 'split' });
  }

  private label(): void {
    const [before, after] = this.labels;
    this.editorOf('before')?.updateOptions({ ariaLabel: before });
    this.editorOf('after')?.updateOptions({ ariaLabel: after });
  }

  private mark(): void {
    for (const collection of this.decorations.splice(0)) collection.clear();
    for (const side of ['before', 'after'] as const) {
      const shown = this.editorOf(side);
      const model = shown?.getModel();
      if (!shown || !model) continue;
      const marks = this.marks.filter((mark) => mark.side === side && mark.to > mark.from);
      const lines = side === 'after' ? this.lines.flatMap((line) => lineDecorationsOf(model, line)) : [];
      const decorations = [...marks.map((mark) => decorationOf(model, mark)), ...lines];
      this.decorations.push(shown.createDecorationsCollection(decorations));
    }
  }

  private editorOf(side: Mark['side']): editor.ICodeEditor | null {
    if (side === 'before') return this.diff?.getOriginalEditor() ?? null;
    return this.plain ?? this.diff?.getModifiedEditor() ?? null;
  }

  private dropEditors(): void {
    this.decorations = [];
    this.plain?.dispose();
    this.diff?.dispose();
    this.plain = null;
    this.diff = null;
  }
}

/**
 * Monaco makes all tooltips of the page with the services of the editor that was created last. Those of a comparison end
 * with it, and the command palette would fail from then on; those of an editor of its own do not.
 */
function keepTooltips(): void {
  monaco.editor.create(document.createElement('div'), { model: null }).dispose();
}

/** Changes only what differs, so that the view stays where it is. */
function setText(model: editor.ITextModel, text: string): void {
  const replacement = minimalReplacement(model.getValue(), text);
  if (replacement === null) return;
  const { index, remove, insert } = replacement;
  const [start, end] = [model.getPositionAt(index), model.getPositionAt(index + remove)];
  model.applyEdits([{ range: monaco.Range.fromPositions(start, end), text: insert }]);
}

function decorationOf(model: editor.ITextModel, { from, to, color, label }: Mark): editor.IModelDeltaDecoration {
  return {
    range: monaco.Range.fromPositions(model.getPositionAt(from), model.getPositionAt(to)),
    options: {
      className: markClass(color),
      hoverMessage: { value: asCode(label) },
    },
  };
}

function lineDecorationsOf(
  model: editor.ITextModel,
  { kind, line, last, range, label }: LineMark,
): editor.IModelDeltaDecoration[] {
  const hoverMessage = { value: asCode(label) };
  const whole = {
    range: new monaco.Range(line, 1, last, model.getLineMaxColumn(Math.min(last, model.getLineCount()))),
    options: { isWholeLine: true, marginClassName: `moment-line moment-line-${kind}`, hoverMessage },
  };
  if (range === null) return [whole];
  const [from, to] = [model.getPositionAt(range.from), model.getPositionAt(Math.max(range.to, range.from + 1))];
  const options = { inlineClassName: `moment-text-${kind}`, hoverMessage };
  return [whole, { range: monaco.Range.fromPositions(from, to), options }];
}

customElements.define('cw-moment-editor', MomentEditor);

declare global {
  interface HTMLElementTagNameMap {
    'cw-moment-editor': MomentEditor;
  }
}
