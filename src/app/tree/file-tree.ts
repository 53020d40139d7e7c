import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { NodeKind, Tree, TreeNode } from '../../core/tree.ts';
import type { PersonHere } from '../presence/people.ts';
import { LightElement } from '../ui/light-element.ts';
import { TreeDragging } from './dragging.ts';
import { TreeActionEvent } from './events.ts';
import './name-field.ts';
import { planCreation, renameProblem } from './paths.ts';
import { renderNamingRow, renderTreeRow, type CommentCounts } from './row-view.ts';
import { foldersAround, moveFor, typeAhead, visibleRows, type Row } from './rows.ts';
import './file-tree.css';

const TYPE_AHEAD_MS = 700;

/** A name that is being typed: for a new node, or for one that is there. */
type Naming =
  | { readonly kind: 'create'; readonly node: NodeKind; readonly parent: string | null }
  | { readonly kind: 'rename'; readonly id: string };

/** Asks for the menu of a node, at a place in the window. */
export class TreeMenuEvent extends CustomEvent<{ readonly id: string; readonly x: number; readonly y: number }> {
  constructor(id: string, x: number, y: number) {
    super('tree-menu', { detail: { id, x, y }, bubbles: true });
  }
}

/**
 * The files and folders of a project.
 *
 * Keys: arrows, Home, End and letters move; Enter opens to type, Space to look; F2 renames; Delete deletes; Shift+F10 opens the menu.
 *
 * @event tree-action – what the user wants done
 * @event tree-menu – the menu of a node is wanted
 */
export class FileTree extends LightElement {
  static override properties = {
    tree: { attribute: false },
    current: { attribute: false },
    people: { attribute: false },
    comments: { attribute: false },
    readOnly: { attribute: false },
    expanded: { state: true },
    focused: { state: true },
    naming: { state: true },
  };

  declare tree: Tree;
  /** The file that is open. */
  declare current: string | null;
  /** Who else is in which file. */
  declare people: ReadonlyMap<string, readonly PersonHere[]>;
  declare comments: CommentCounts;
  declare readOnly: boolean;
  declare private expanded: ReadonlySet<string>;
  declare private focused: string | null;
  declare private naming: Naming | null;
  private readonly dragging = new TreeDragging(this);
  /** Of the rows shown last. */
  private shownIds: readonly string[] = [];
  private wantsFocus = false;
  private revealed: string | null = null;
  private letters = '';
  private lettersAt = 0;

  constructor() {
    super();
    this.tree = { roots: [], byId: new Map(), trash: [] };
    this.current = null;
    this.people = new Map();
    this.comments = new Map();
    this.readOnly = false;
    this.expanded = new Set();
    this.focused = null;
    this.naming = null;
  }

  /** Starts naming a new file or folder: in the focused folder, beside the focused file, or at the top. */
  create(node: NodeKind, beside: string | null = this.focused): void {
    const place = beside === null ? undefined : this.tree.byId.get(beside);
    const parent = place?.kind === 'folder' ? place.id : (place?.parent ?? null);
    if (parent !== null) this.open(parent);
    this.naming = { kind: 'create', node, parent };
  }

  rename(id: string): void {
    this.naming = { kind: 'rename', id };
  }

  /** Moves the focus to the row of a node, unless a name is being typed. */
  focusRow(id: string): void {
    if (this.naming !== null) return;
    this.focused = id;
    this.wantsFocus = true;
    this.requestUpdate();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.current !== null && this.current !== this.revealed && this.tree.byId.has(this.current)) {
      this.revealed = this.current;
      this.focused = this.current;
      this.expanded = new Set([...this.expanded, ...foldersAround(this.tree, this.current)]);
    }
    const rows = visibleRows(this.tree, this.expanded).map((row) => row.node.id);
    if (this.focused !== null && !rows.includes(this.focused)) this.focusNeighbour(this.focused, rows);
    if (this.wantsFocus) this.focused ??= rows[0] ?? null;
    this.shownIds = rows;
    if (this.naming?.kind === 'rename' && !this.tree.byId.has(this.naming.id)) this.naming = null;
  }

  protected override updated(_changed: PropertyValues): void {
    if (!this.wantsFocus) return;
    this.wantsFocus = false;
    const row = this.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]');
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const rows = visibleRows(this.tree, this.expanded);
    const tabStop = this.focused ?? rows[0]?.node.id ?? null;
    const atTop = this.naming?.kind === 'create' && this.naming.parent === null ? this.naming : null;
    return html`<div
      role="tree"
      aria-label="Files"
      class=${this.dragging.target === null ? 'tree drop' : 'tree'}
      data-testid="file-tree"
      @keydown=${this.key}
      @dragover=${this.dragging.over}
      @dragleave=${this.dragging.leave}
      @drop=${this.dragging.drop}
    >
      ${atTop ? this.renderNewNode(atTop.node, null, 1) : nothing}
      ${repeat(
        rows,
        (row) => row.node.id,
        (row) => this.renderRow(row, tabStop),
      )}
    </div>`;
  }

  private renderRow(row: Row, tabStop: string | null): TemplateResult {
    const { node, level } = row;
    const isRenaming = this.naming?.kind === 'rename' && this.naming.id === node.id;
    const creating = this.naming?.kind === 'create' && this.naming.parent === node.id ? this.naming : null;
    const rowElement = renderTreeRow(row, {
      isTabStop: node.id === tabStop,
      isCurrent: node.id === this.current,
      isDropTarget: this.dragging.target === node.id,
      draggable: !this.readOnly && !isRenaming,
      people: this.people.get(node.id) ?? [],
      comments: this.comments.get(node.id) ?? null,
      field: isRenaming ? this.renderNewNameOf(node) : null,
      onClick: () => this.activate(node, false),
      onFocus: () => (this.focused = node.id),
      onMenu: (event) => this.menu(event, node),
      onDragStart: (event) => this.dragging.start(event, node.id),
    });
    return html`${rowElement}${creating ? this.renderNewNode(creating.node, node.id, level + 1) : nothing}`;
  }

  private renderNewNameOf(node: TreeNode): TemplateResult {
    const check = (name: string): string | null =>
      name === node.shownName ? null : renameProblem(this.tree, node, name);
    return this.renderField('New name', node.shownName, check);
  }

  private renderNewNode(kind: NodeKind, parent: string | null, level: number): TemplateResult {
    const check = (path: string): string | null => {
      const plan = planCreation(this.tree, parent, kind, path);
      return plan.ok ? null : plan.problem;
    };
    const label = kind === 'file' ? 'Name of the new file' : 'Name of the new folder';
    return renderNamingRow(kind, level, this.renderField(label, '', check));
  }

  private renderField(label: string, value: string, check: (name: string) => string | null): TemplateResult {
    return html`<cw-name-field
      .label=${label}
      .value=${value}
      .check=${check}
      @name-done=${(event: CustomEvent<string | null>) => this.named(event.detail)}
    ></cw-name-field>`;
  }

  private named(name: string | null): void {
    const { naming } = this;
    this.naming = null;
    // Unless the field was left for something else.
    this.wantsFocus ||= this.contains(document.activeElement);
    if (naming === null || name === null) return;
    if (naming.kind === 'create') {
      this.dispatchEvent(new TreeActionEvent({ kind: 'create', node: naming.node, parent: naming.parent, path: name }));
    } else if (this.tree.byId.get(naming.id)?.shownName !== name) {
      this.dispatchEvent(new TreeActionEvent({ kind: 'rename', id: naming.id, name }));
    }
  }

  private activate(node: TreeNode, edit: boolean): void {
    this.focused = node.id;
    if (node.kind === 'file') this.dispatchEvent(new TreeActionEvent({ kind: 'open', id: node.id, edit }));
    else if (this.expanded.has(node.id)) this.close(node.id);
    else this.open(node.id);
  }

  private open(id: string): void {
    this.expanded = new Set([...this.expanded, id]);
  }

  private close(id: string): void {
    this.expanded = new Set([...this.expanded].filter((open) => open !== id));
  }

  private menu(event: MouseEvent, node: TreeNode): void {
    event.preventDefault();
    this.focused = node.id;
    this.dispatchEvent(new TreeMenuEvent(node.id, event.clientX, event.clientY));
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = visibleRows(this.tree, this.expanded);
    const node = this.focused === null ? undefined : this.tree.byId.get(this.focused);
    const move = moveFor(event.key, rows, this.focused);
    if (move) {
      event.preventDefault();
      if (move.kind === 'expand') this.open(move.id);
      if (move.kind === 'collapse') this.close(move.id);
      if (move.kind === 'focus') this.focusRow(move.id);
      return;
    }
    if (!node) return;
    if (event.key === 'Enter' || event.key === ' ') this.activate(node, event.key === 'Enter');
    else if (event.key === 'F2' && !this.readOnly) this.rename(node.id);
    else if (event.key === 'Delete' && !this.readOnly) {
      this.dispatchEvent(new TreeActionEvent({ kind: 'delete', id: node.id }));
    } else if (event.key.length === 1) this.typeLetter(event.key, rows, event.timeStamp);
    else return;
    event.preventDefault();
  };

  private typeLetter(letter: string, rows: readonly Row[], at: number): void {
    this.letters = at - this.lettersAt < TYPE_AHEAD_MS ? this.letters + letter : letter;
    this.lettersAt = at;
    const found = typeAhead(rows, this.focused, this.letters);
    if (found !== null) this.focusRow(found);
  }

  /** The row of the focused node is gone: the one that took its place is focused, if the focus was in the tree. */
  private focusNeighbour(gone: string, rows: readonly string[]): void {
    const index = Math.min(this.shownIds.indexOf(gone), rows.length - 1);
    this.wantsFocus ||= this.contains(document.activeElement);
    this.focused = rows[Math.max(index, 0)] ?? null;
  }
}

customElements.define('cw-file-tree', FileTree);

declare global {
  interface HTMLElementTagNameMap {
    'cw-file-tree': FileTree;
  }
  interface HTMLElementEventMap {
    'tree-menu': TreeMenuEvent;
  }
}
