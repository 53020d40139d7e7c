import '@awesome.me/webawesome/dist/components/divider/divider.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import type { WaSelectEvent } from '@awesome.me/webawesome/dist/events/select.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { NodeKind, Tree } from '../../core/tree.ts';
import { othersByFile, type PersonHere } from '../presence/people.ts';
import type { Participant } from '../session/api.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import '../ui/name-dialog.ts';
import { TreeActionEvent } from './events.ts';
import './file-tree.ts';
import type { TreeMenuEvent } from './file-tree.ts';
import type { CommentCounts } from './row-view.ts';
import { folderAt, moveProblem } from './paths.ts';
import './tree-panel.css';
import './trash.ts';

/**
 * The tree with its buttons, its menu and the trash.
 *
 * @event tree-action – what the user wants done
 */
export class TreePanel extends LightElement {
  static override properties = {
    tree: { attribute: false },
    ready: { attribute: false },
    current: { attribute: false },
    participants: { attribute: false },
    comments: { attribute: false },
    readOnly: { attribute: false },
    menu: { state: true },
  };

  declare tree: Tree;
  /** Until then an empty tree means nothing. */
  declare ready: boolean;
  declare current: string | null;
  declare participants: readonly Participant[];
  /** How many open and unread comments each file has, by node id. */
  declare comments: CommentCounts;
  declare readOnly: boolean;
  declare private menu: TreeMenuEvent['detail'] | null;

  private people: ReadonlyMap<string, readonly PersonHere[]> = new Map();

  constructor() {
    super();
    this.ready = false;
    this.current = null;
    this.participants = [];
    this.comments = new Map();
    this.readOnly = false;
    this.menu = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('participants')) this.people = othersByFile(this.participants);
  }

  /** Moves the focus to the open file in the tree, or to its first row. */
  focusTree(): void {
    const [first] = this.tree.roots;
    const id = this.current !== null && this.tree.byId.has(this.current) ? this.current : first?.id;
    if (id !== undefined) this.querySelector('cw-file-tree')?.focusRow(id);
  }

  /** Starts naming a new file or folder. */
  create(node: NodeKind): void {
    this.querySelector('cw-file-tree')?.create(node);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="tree-head">
        <h2>Files</h2>
        ${
          this.readOnly
            ? nothing
            : html`
                ${this.renderButton('file-plus', 'New file', 'new-file', () => this.create('file'))}
                ${this.renderButton('folder-plus', 'New folder', 'new-folder', () => this.create('folder'))}
                ${this.renderButton('upload', 'Import files', 'import-files', () => this.picker?.click())}
                <input
                  type="file"
                  multiple
                  hidden
                  aria-label="Import files"
                  data-testid="import-input"
                  @change=${this.picked}
                />
              `
        }
      </div>
      ${this.renderTree()}
      <cw-trash .trash=${this.tree.trash} .readOnly=${this.readOnly}></cw-trash>
      ${this.renderMenu()}
      <cw-name-dialog></cw-name-dialog>
    `;
  }

  /** Nothing is known of the files yet. */
  private get waiting(): boolean {
    return !this.ready && this.tree.roots.length === 0;
  }

  private renderTree(): TemplateResult {
    if (this.waiting) {
      return html`<div class="tree-waiting" aria-busy="true" aria-label="Loading files">
        ${[1, 2, 3, 4].map(() => html`<wa-skeleton effect="sheen"></wa-skeleton>`)}
      </div>`;
    }
    return html`<cw-file-tree
        .tree=${this.tree}
        .current=${this.current}
        .people=${this.people}
        .comments=${this.comments}
        .readOnly=${this.readOnly}
        @tree-menu=${(event: TreeMenuEvent) => (this.menu = event.detail)}
      ></cw-file-tree>
      ${
        this.tree.roots.length === 0
          ? html`<p class="tree-empty quiet" data-testid="tree-empty">
              ${this.readOnly ? 'There are no files yet.' : 'No files yet. Create one, or drop text files here.'}
            </p>`
          : nothing
      }`;
  }

  private renderButton(name: IconName, label: string, testId: string, run: () => void): TemplateResult {
    return html`<button
      class="icon-button"
      aria-label=${label}
      title=${label}
      data-testid=${testId}
      ?disabled=${this.waiting}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  }

  private renderMenu(): TemplateResult | typeof nothing {
    const { menu } = this;
    const node = menu === null ? undefined : this.tree.byId.get(menu.id);
    if (menu === null || !node) return nothing;
    const item = (
      value: string,
      name: IconName,
      label: string,
      variant: 'default' | 'danger' = 'default',
    ): TemplateResult =>
      html`<wa-dropdown-item value=${value} variant=${variant} data-testid=${`menu-${value}`}>
        ${icon(name, 'icon')} ${label}
      </wa-dropdown-item>`;
    return html`<wa-dropdown
      open
      size="s"
      class="tree-menu"
      @wa-select=${this.selected}
      @wa-after-hide=${this.menuClosed}
    >
      <span
        slot="trigger"
        class="tree-menu-place"
        style=${styleMap({ left: `${menu.x}px`, top: `${menu.y}px` })}
      ></span>
      ${
        node.kind === 'file'
          ? html`${item('open', 'file', 'Open')} ${item('download', 'download', 'Download')}`
          : nothing
      }
      ${
        this.readOnly
          ? nothing
          : html`
              ${node.kind === 'folder' ? item('new-file', 'file-plus', 'New file') : nothing}
              ${node.kind === 'folder' ? item('new-folder', 'folder-plus', 'New folder') : nothing}
              ${item('rename', 'pencil', 'Rename')} ${item('move', 'folder', 'Move to…')}
              <wa-divider></wa-divider>
              ${item('delete', 'trash', 'Delete', 'danger')}
            `
      }
    </wa-dropdown>`;
  }

  private readonly selected = (event: WaSelectEvent): void => {
    const id = this.menu?.id;
    const value = 'value' in event.detail.item ? event.detail.item.value : '';
    const tree = this.querySelector('cw-file-tree');
    if (id === undefined || !tree) return;
    switch (value) {
      case 'open':
        return void this.dispatchEvent(new TreeActionEvent({ kind: 'open', id, edit: true }));
      case 'download':
      case 'delete':
        return void this.dispatchEvent(new TreeActionEvent({ kind: value, id }));
      case 'move':
        return this.askWhere(id);
      case 'new-file':
        return tree.create('file', id);
      case 'new-folder':
        return tree.create('folder', id);
      case 'rename':
        return tree.rename(id);
    }
  };

  /** Moves a node by naming the folder: what dragging does, by keyboard. */
  private askWhere(id: string): void {
    const node = this.tree.byId.get(id);
    if (!node) return;
    this.querySelector('cw-name-dialog')?.ask({
      title: `Move “${node.shownName}”`,
      label: 'Folder',
      hint: 'For example src/lib. Leave it empty for the top.',
      value: node.parent === null ? '' : (this.tree.byId.get(node.parent)?.path ?? ''),
      confirm: 'Move',
      check: (path) => {
        const folder = folderAt(this.tree, path);
        return folder === undefined ? `There is no folder “${path}”.` : moveProblem(this.tree, node, folder);
      },
      submit: (path) => {
        const parent = folderAt(this.tree, path) ?? null;
        if (parent !== node.parent) this.dispatchEvent(new TreeActionEvent({ kind: 'move', id, parent }));
        return Promise.resolve(null);
      },
    });
  }

  private readonly menuClosed = (): void => {
    const id = this.menu?.id;
    this.menu = null;
    if (id !== undefined) this.querySelector('cw-file-tree')?.focusRow(id);
  };

  private get picker(): HTMLInputElement | null {
    return this.querySelector('input[type="file"]');
  }

  private readonly picked = (): void => {
    const { picker } = this;
    const files = [...(picker?.files ?? [])];
    if (picker) picker.value = '';
    if (files.length > 0) this.dispatchEvent(new TreeActionEvent({ kind: 'import', files, parent: null }));
  };
}

customElements.define('cw-tree-panel', TreePanel);

declare global {
  interface HTMLElementTagNameMap {
    'cw-tree-panel': TreePanel;
  }
}
