import type { editor, IDisposable } from 'monaco-editor/editor';

/** Tells the widgets of several editors apart. */
let zoneCount = 0;

/**
 * Room between two lines of an editor, with an element in it that takes clicks and keys as any other: Monaco keeps the
 * room, an overlay widget fills it. Goes with its line.
 */
export class EditorZone {
  /** Where the content is to be rendered. */
  readonly node: HTMLElement;
  private readonly editor: editor.ICodeEditor;
  private readonly widget: editor.IOverlayWidget;
  private readonly observer: ResizeObserver;
  private readonly layout: IDisposable;
  private zone: string | null = null;
  private line: number;
  private height = 60;

  /** @param line the line above the room; 0: above the first */
  constructor(codeEditor: editor.ICodeEditor, line: number) {
    this.editor = codeEditor;
    this.line = line;
    const frame = document.createElement('div');
    frame.className = 'editor-zone';
    this.node = document.createElement('div');
    this.node.className = 'editor-zone-body';
    frame.append(this.node);
    const id = `cowrite.zone.${zoneCount++}`;
    this.widget = { getId: () => id, getDomNode: () => frame, getPosition: () => null };
    codeEditor.addOverlayWidget(this.widget);
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.node);
    this.layout = codeEditor.onDidLayoutChange(() => this.place());
    // Keys that are typed here are not the editor's.
    frame.addEventListener('keydown', (event) => event.stopPropagation());
    this.place();
    this.add();
  }

  /** Moves the room behind another line. */
  moveTo(line: number): void {
    if (line === this.line) return;
    this.line = line;
    this.add();
  }

  dispose(): void {
    this.observer.disconnect();
    this.layout.dispose();
    this.editor.removeOverlayWidget(this.widget);
    const { zone } = this;
    if (zone !== null) this.editor.changeViewZones((accessor) => accessor.removeZone(zone));
  }

  private add(): void {
    const frame = this.widget.getDomNode();
    this.editor.changeViewZones((accessor) => {
      if (this.zone !== null) accessor.removeZone(this.zone);
      this.zone = accessor.addZone({
        afterLineNumber: this.line,
        heightInPx: this.height,
        domNode: document.createElement('div'),
        onDomNodeTop: (top) => (frame.style.top = `${top}px`),
      });
    });
  }

  private measure(): void {
    const height = Math.ceil(this.node.getBoundingClientRect().height);
    if (height === 0 || height === this.height) return;
    this.height = height;
    this.add();
  }

  private place(): void {
    const { contentLeft, contentWidth, verticalScrollbarWidth } = this.editor.getLayoutInfo();
    const frame = this.widget.getDomNode();
    frame.style.left = `${contentLeft}px`;
    frame.style.width = `${Math.max(0, Math.min(contentWidth - verticalScrollbarWidth - 16, 860))}px`;
  }
}
