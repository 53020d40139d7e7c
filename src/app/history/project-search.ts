import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { fileDocumentId } from '../../core/ids.ts';
import { ALL_WORK, showsAuthor, showsSpan, type WorkFilter } from '../../core/history/filter.ts';
import type { TreeChange } from '../../core/history/tree-history.ts';
import type { ProjectSession } from '../session/api.ts';
import type { WholeHistory } from '../session/history-api.ts';
import { AnnounceEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { authorOf } from './authors.ts';
import { renderFound, type Found } from './found-span.ts';
import type { PastFile } from './past-files.ts';
import { countWords } from './words.ts';

interface FoundFile {
  readonly file: PastFile;
  readonly spans: readonly Found[];
  /** Of a deleted file, if it is known. */
  readonly deletion: TreeChange | null;
}

/**
 * When a text came and vanished in all files of the project, deleted ones among them: file by file, until it is stopped.
 *
 * @event history-show – a moment at which it came or vanished
 */
export class ProjectSearch extends LightElement {
  static override properties = {
    session: { attribute: false },
    history: { attribute: false },
    files: { attribute: false },
    filter: { attribute: false },
    needle: { attribute: false },
    found: { state: true },
    done: { state: true },
    running: { state: true },
    unread: { state: true },
  };

  declare session: ProjectSession;
  declare history: WholeHistory;
  declare files: readonly PastFile[];
  declare filter: WorkFilter;
  declare needle: string;
  declare private found: readonly FoundFile[];
  /** Files that were looked through. */
  declare private done: number;
  declare private running: boolean;
  /** Files whose history is not there to be looked through. */
  declare private unread: number;
  /** The search that counts; another one ends it. */
  private search: object | null = null;

  constructor() {
    super();
    this.files = [];
    this.filter = ALL_WORK;
    this.needle = '';
    this.found = [];
    this.done = 0;
    this.running = false;
    this.unread = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.search = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('files') as readonly PastFile[] | undefined;
    const otherFiles = changed.has('files') && namesOf(before ?? []) !== namesOf(this.files);
    if (changed.has('needle') || changed.has('history') || otherFiles) this.start();
  }

  protected override render(): TemplateResult {
    const shown = this.found.flatMap(({ file, spans, deletion }) => {
      const passing = spans.filter((span) => this.passes(span, deletion));
      return passing.length === 0 ? [] : [{ file, spans: passing, deletion }];
    });
    return html`<div class="hist-progress" aria-busy=${this.running}>
        <span class="quiet" role="status" data-testid="search-progress">${this.sentence(shown.length)}</span>
        ${
          this.running
            ? html`<button class="hist-link" data-testid="search-stop" @click=${this.stop}>Stop</button>`
            : nothing
        }
        ${
          this.running
            ? html`<progress max=${this.files.length} value=${this.done} aria-label="Files looked through"></progress>`
            : nothing
        }
      </div>
      <ol class="hist-list" aria-label="Files in which it was, and when" data-testid="search-files">
        ${repeat(
          shown,
          ({ file }) => file.node,
          (found) => this.renderFile(found),
        )}
      </ol>`;
  }

  private renderFile({ file, spans, deletion }: FoundFile): TemplateResult {
    return html`<li class="hist-found" data-testid="search-file" data-path=${file.path}>
      <h3>${icon('file-code')} <span class="hist-path" title=${file.label}>${file.label}</span></h3>
      <ol>
        ${[...spans].reverse().map((span) => renderFound(this.session, file.node, this.needle, span, deletion))}
      </ol>
    </li>`;
  }

  private sentence(files: number): string {
    const where = `in ${countWords(files, 'file')}`;
    if (this.running) return `Looking through file ${this.done + 1} of ${this.files.length}…`;
    const missing = this.unread === 0 ? '' : ` ${countWords(this.unread, 'file')} could not be looked through here.`;
    if (this.done < this.files.length) {
      return `Stopped after ${this.done} of ${this.files.length} files: found ${where}.${missing}`;
    }
    const found = files === 0 ? 'This text was never in any of these files.' : `Found ${where}.`;
    return `${found}${missing}`;
  }

  private passes({ start, end }: Found, deletion: TreeChange | null): boolean {
    const isAgent = (id: string): boolean => authorOf(this.session, id).isAgent;
    return [start, end ?? deletion].some((entry) =>
      entry === null
        ? this.filter.who === 'everyone' && this.filter.since === null && this.filter.until === null
        : showsAuthor(this.filter, entry.author, isAgent) &&
          showsSpan(this.filter, { start: entry.time, end: entry.time }),
    );
  }

  private start(): void {
    const search = {};
    this.search = search;
    this.found = [];
    this.done = 0;
    this.unread = 0;
    this.running = true;
    void this.look(search, this.files, this.needle);
  }

  private async look(search: object, files: readonly PastFile[], needle: string): Promise<void> {
    const { history } = this;
    for (const file of files) {
      // A file at a time: what is asked otherwise meanwhile is answered in between.
      const spans = await history.ask('search', fileDocumentId(file.node), needle).catch(() => null);
      const isThere = spans?.some(({ until }) => until === null) === true;
      const deletion = file.isDeleted && isThere ? await history.ask('deletionOf', file.node).catch(() => null) : null;
      if (this.search !== search) return;
      if (spans === null) this.unread++;
      else if (spans.length > 0) this.found = [...this.found, { file, spans, deletion }];
      this.done++;
    }
    this.running = false;
    this.dispatchEvent(new AnnounceEvent(this.sentence(this.found.length)));
  }

  private readonly stop = (): void => {
    this.search = null;
    this.running = false;
  };
}

function namesOf(files: readonly PastFile[]): string {
  return files.map(({ node }) => node).join(' ');
}

customElements.define('cw-project-search', ProjectSearch);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project-search': ProjectSearch;
  }
}
