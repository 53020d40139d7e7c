import { html, nothing, type TemplateResult } from 'lit';
import type { TreeChange } from '../../core/history/tree-history.ts';
import type { ProjectSession } from '../session/api.ts';
import type { Answer } from '../session/history/desk.ts';
import { TreeActionEvent } from '../tree/events.ts';
import { authorOf, nameOf } from './authors.ts';
import { HistoryShowEvent } from './events.ts';
import { exactWords, momentWords, quoteWords } from './words.ts';

/** A span of time in which a text was there. */
export type Found = Answer<'search'>[number];

/**
 * When and with whom a text came and vanished; each opens that moment at the text.
 *
 * @param deletion what deleted the file with what was still in it; `null`: not known, or it is not deleted
 */
export function renderFound(
  session: ProjectSession,
  node: string,
  needle: string,
  { from, until, start, end }: Found,
  deletion: TreeChange | null = null,
): TemplateResult {
  const now = Date.now();
  const name = (id: string): string => nameOf(authorOf(session, id));
  const show = (event: Event, position: number, base: number): void => {
    const { currentTarget: place } = event;
    // A deleted file is shown without being opened.
    if (session.tree.value.byId.has(node))
      place?.dispatchEvent(new TreeActionEvent({ kind: 'open', id: node, edit: false }));
    place?.dispatchEvent(new HistoryShowEvent({ kind: 'moment', node, position, base, find: needle }));
  };
  const came =
    start === null
      ? 'was there from the beginning'
      : `came with ${name(start.author)}, ${momentWords(start.time, now)}`;
  return html`<li class="hist-item hist-span">
    ${
      until === null
        ? session.tree.value.byId.has(node)
          ? html`<p class="hist-still">It is there now.</p>`
          : renderDeleted(session, node, deletion, now)
        : html`<button
            class="hist-result"
            data-testid="search-vanished"
            title=${end === null ? nothing : exactWords(end.time)}
            @click=${(event: Event) => show(event, until, until - 1)}
          >
            <strong>Vanished</strong>
            ${end === null ? nothing : html`with ${name(end.author)}, ${momentWords(end.time, now)}`}
          </button>`
    }
    <button
      class="hist-result quiet"
      data-testid="search-came"
      title=${start === null ? nothing : exactWords(start.time)}
      @click=${(event: Event) => show(event, from, Math.max(0, from - 1))}
    >
      It ${came}
    </button>
  </li>`;
}

function renderDeleted(
  session: ProjectSession,
  node: string,
  deletion: TreeChange | null,
  now: number,
): TemplateResult {
  if (deletion === null) {
    return html`<p class="hist-still" data-testid="search-deleted">
      <strong>Vanished</strong> when the file was deleted
    </p>`;
  }
  const what = deletion.node === node ? 'the file' : `the folder ${quoteWords(deletion.name, 60)}`;
  return html`<p class="hist-still" data-testid="search-deleted" title=${exactWords(deletion.time)}>
    <strong>Vanished</strong> when ${nameOf(authorOf(session, deletion.author))} deleted ${what},
    ${momentWords(deletion.time, now)}
  </p>`;
}
