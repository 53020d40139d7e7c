import type { editor } from 'monaco-editor/editor';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { collaborativeEditorOptions, languageForFile, monaco, prepareMonaco } from '../editor/monaco.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';

/** Two texts beside each other, or one below the other where there is little room, with what differs marked. */
export class DiffView extends LightElement {
  static override properties = {
    base: { attribute: false },
    mine: { attribute: false },
    name: { attribute: false },
    theme: { attribute: false },
    baseLabel: { attribute: false },
    mineLabel: { attribute: false },
  };

  declare base: string;
  declare mine: string;
  /** Of the file: decides the language. */
  declare name: string;
  declare theme: Theme;
  declare baseLabel: string;
  declare mineLabel: string;
  private editor: editor.IStandaloneDiffEditor | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    const model = this.editor?.getModel();
    this.editor?.dispose();
    this.editor = null;
    model?.original.dispose();
    model?.modified.dispose();
  }

  protected override render(): TemplateResult {
    return html`<div class="diff monaco-component" data-testid="rescue-diff"></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.isConnected) return;
    const diff = this.editor ?? this.create();
    if (changed.has('theme')) monaco.editor.setTheme(`cowrite-${this.theme}`);
    if (diff.getModel() !== null && !changed.has('base') && !changed.has('mine')) return;
    const old = diff.getModel();
    const language = languageForFile(this.name);
    diff.setModel({
      original: monaco.editor.createModel(this.base, language),
      modified: monaco.editor.createModel(this.mine, language),
    });
    old?.original.dispose();
    old?.modified.dispose();
  }

  /** As high as its text, up to the limit of the style sheet. */
  private fit(diff: editor.IStandaloneDiffEditor): void {
    if (this.editor !== diff) return;
    const height = Math.max(diff.getOriginalEditor().getContentHeight(), diff.getModifiedEditor().getContentHeight());
    this.style.setProperty('--diff-height', `${height}px`);
  }

  private create(): editor.IStandaloneDiffEditor {
    const place = this.querySelector<HTMLElement>('.diff');
    if (!place) throw new Error('The comparison has no place to be in.');
    prepareMonaco();
    const diff = monaco.editor.createDiffEditor(place, {
      ...collaborativeEditorOptions,
      theme: `cowrite-${this.theme}`,
      readOnly: true,
      originalEditable: false,
      domReadOnly: true,
      automaticLayout: true,
      fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
      fontLigatures: false,
      fontSize: 13,
      lineHeight: 20,
      padding: { top: 8, bottom: 8 },
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderOverviewRuler: false,
      overviewRulerLanes: 0,
      hideCursorInOverviewRuler: true,
      renderLineHighlight: 'none',
      renderMarginRevertIcon: false,
      renderGutterMenu: false,
      contextmenu: false,
      wordWrap: 'on',
      diffWordWrap: 'on',
      // As in the style sheet of the page, which names the sides only where there are two.
      renderSideBySideInlineBreakpoint: 700,
      hideUnchangedRegions: { enabled: true },
      unicodeHighlight: { ambiguousCharacters: false },
      scrollbar: { alwaysConsumeMouseWheel: false },
    });
    this.editor = diff;
    const sides = [
      { side: diff.getOriginalEditor(), ariaLabel: this.baseLabel },
      { side: diff.getModifiedEditor(), ariaLabel: this.mineLabel },
    ];
    for (const { side, ariaLabel } of sides) {
      side.updateOptions({ ariaLabel });
      side.onDidContentSizeChange(() => requestAnimationFrame(() => this.fit(diff)));
    }
    return diff;
  }
}

customElements.define('cw-diff', DiffView);

declare global {
  interface HTMLElementTagNameMap {
    'cw-diff': DiffView;
  }
}
