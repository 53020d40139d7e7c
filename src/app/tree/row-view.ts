import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { NodeKind } from '../../core/tree.ts';
import type { PersonHere } from '../presence/people.ts';
import { icon } from '../ui/icons.ts';
import { conflictSentence } from './paths.ts';
import type { Row } from './rows.ts';

/** Open and unread comments by node id. */
export type CommentCounts = ReadonlyMap<string, { readonly open: number; readonly unread: number }>;

/** How a row stands in the tree that shows it. */
export interface RowView {
  /** The one row that the Tab key reaches. */
  readonly isTabStop: boolean;
  readonly isCurrent: boolean;
  readonly isDropTarget: boolean;
  readonly draggable: boolean;
  readonly people: readonly PersonHere[];
  readonly comments: { readonly open: number; readonly unread: number } | null;
  /** Shown in the place of the name while another is typed. */
  readonly field: TemplateResult | null;
  readonly onClick: () => void;
  readonly onFocus: () => void;
  readonly onMenu: (event: MouseEvent) => void;
  readonly onDragStart: (event: DragEvent) => void;
}

export function renderTreeRow({ node, level, position, siblings, expanded }: Row, view: RowView): TemplateResult {
  const conflict = conflictSentence(node);
  const here = view.people.map((person) => person.name).join(', ');
  return html`<div
    role="treeitem"
    class=${view.isDropTarget ? 'row drop' : 'row'}
    data-testid="tree-item"
    data-id=${node.id}
    data-path=${node.path}
    aria-level=${level}
    aria-posinset=${position}
    aria-setsize=${siblings}
    aria-expanded=${expanded ?? nothing}
    aria-selected=${view.isCurrent}
    aria-label=${[node.shownName, here === '' ? '' : `${here} here`, commentWords(view.comments)].filter(Boolean).join(', ')}
    title=${conflict ?? node.path}
    tabindex=${view.isTabStop ? 0 : -1}
    draggable=${view.draggable}
    style=${styleMap({ '--level': String(level - 1) })}
    @click=${view.onClick}
    @focus=${view.onFocus}
    @contextmenu=${view.onMenu}
    @dragstart=${view.onDragStart}
  >
    <span class="row-chevron">${expanded === null ? nothing : icon(expanded ? 'chevron-down' : 'chevron-right')}</span>
    ${icon(expanded === null ? 'file' : expanded ? 'folder-open' : 'folder')}
    ${view.field ?? html`<span class="row-name">${node.shownName}</span>`}
    ${conflict === null ? nothing : html`<span class="row-conflict">${icon('circle-alert')}</span>`}
    ${renderComments(view.comments)} ${here === '' ? nothing : renderPeople(view.people, here)}
  </div>`;
}

/** The row of a node that is being named and does not exist yet. */
export function renderNamingRow(kind: NodeKind, level: number, field: TemplateResult): TemplateResult {
  return html`<div role="none" class="row" style=${styleMap({ '--level': String(level - 1) })}>
    <span class="row-chevron"></span>${icon(kind)} ${field}
  </div>`;
}

function commentWords(comments: RowView['comments']): string {
  if (comments === null || (comments.open === 0 && comments.unread === 0)) return '';
  const { open, unread } = comments;
  return [
    ...(open === 0 ? [] : [`${open} open comment${open === 1 ? '' : 's'}`]),
    ...(unread === 0 ? [] : [open === 0 ? `${unread} new in closed threads` : `${unread} new`]),
  ].join(', ');
}

function renderComments(comments: RowView['comments']): TemplateResult | typeof nothing {
  const words = commentWords(comments);
  if (comments === null || words === '') return nothing;
  return html`<span
    class=${comments.unread > 0 ? 'row-comments new' : 'row-comments'}
    title=${words}
    data-testid="tree-comments"
    >${icon('message-square')}${comments.open === 0 ? comments.unread : comments.open}</span
  >`;
}

function renderPeople(people: readonly PersonHere[], names: string): TemplateResult {
  return html`<span class="row-people" title=${names} data-testid="tree-people">
    ${people.map((person) => html`<i style=${styleMap({ background: person.color })}></i>`)}
  </span>`;
}
