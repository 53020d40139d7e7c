import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { isEmpty, isOpen, type Thread } from '../../core/review/review.ts';
import type { Tree } from '../../core/tree.ts';
import { icon } from '../ui/icons.ts';
import type { FileSummary, ProjectReviews } from './project-reviews.ts';
import { ago, counted, excerpt } from './words.ts';

export interface AllComments {
  readonly tree: Tree;
  /** By node id. */
  readonly summaries: ReadonlyMap<string, FileSummary>;
  readonly reviews: ProjectReviews;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly open: (node: string, thread: string) => void;
}

/** The threads of all files of a project, by path, in one line each. */
export function renderAllComments(all: AllComments): TemplateResult {
  const files = [...all.summaries]
    .map(([node, summary]) => ({ node: all.tree.byId.get(node), summary }))
    .filter(({ node, summary }) => node !== undefined && summary.threads.some((thread) => !isEmpty(thread)))
    .sort((a, b) => (a.node?.path ?? '').localeCompare(b.node?.path ?? ''));
  if (files.length === 0) {
    return html`<div class="comments-empty" data-testid="comments-empty">
      ${icon('message-square')}
      <p>No comments in this project</p>
    </div>`;
  }
  return html`<div class="comments-files">
    ${files.map(({ node, summary }) => (node ? renderFile(all, node.id, node.path, summary) : nothing))}
  </div>`;
}

function renderFile(
  all: AllComments,
  node: string,
  path: string,
  { threads, open, unread }: FileSummary,
): TemplateResult {
  return html`<section class="comments-file" aria-label=${path}>
    <h3 title=${path}>
      <span>${path}</span>
      <span class="quiet">${open === 0 ? 'resolved' : counted(open, 'open', 'open')}</span>
      ${unread > 0 ? html`<span class="thread-new">${unread} new</span>` : nothing}
    </h3>
    <ul>
      ${threads.filter((thread) => !isEmpty(thread)).map((thread) => renderRow(all, node, thread))}
    </ul>
  </section>`;
}

function renderRow({ reviews, now, open }: AllComments, node: string, thread: Thread): TemplateResult {
  const last = thread.comments.findLast(({ deletedAt }) => deletedAt === null) ?? thread.comments[0];
  const author = reviews.person(thread.comments[0]?.author.id ?? '');
  const fresh = reviews.unreadIn(thread) > 0;
  const forMe = fresh && thread.comments.some(({ mentions }) => mentions.some(({ user }) => user === reviews.me));
  return html`<li>
    <button
      class="comments-row ${isOpen(thread) ? '' : 'closed'} ${fresh ? 'fresh' : ''}"
      data-testid="comments-row"
      @click=${() => open(node, thread.id)}
    >
      <i style=${styleMap({ background: author.color })} aria-hidden="true"></i>
      <span class="comments-row-text"><b>${author.name}</b> ${excerpt(thread)}</span>
      ${forMe ? html`<span class="thread-new" title="You are mentioned">@you</span>` : nothing}
      <time class="quiet">${last ? ago(last.at, now) : nothing}</time>
    </button>
  </li>`;
}
