import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RestoreItem, RestoreKind } from '../../core/history/project-restore.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';

/** In this order: what changes most for those who work now comes first. */
const GROUPS: readonly { readonly kind: RestoreKind; readonly title: string; readonly hint: string }[] = [
  { kind: 'changed', title: 'Changed back', hint: 'Their text becomes what it was.' },
  { kind: 'moved', title: 'Moved back', hint: 'They get the name and folder of then.' },
  { kind: 'back', title: 'Brought back', hint: 'They were deleted since; their comments come with them.' },
  { kind: 'removed', title: 'Moved to deleted', hint: 'They were added since. Nothing is lost: Deleted keeps them.' },
];

/** Other items are to be left as they are: their node ids. */
export class RestoreChoiceEvent extends CustomEvent<ReadonlySet<string>> {
  constructor(left: ReadonlySet<string>) {
    super('restore-choice', { detail: left, bubbles: true });
  }
}

/** The texts of an item are to be shown: its node id. */
export class RestoreLookEvent extends CustomEvent<string> {
  constructor(node: string) {
    super('restore-look', { detail: node, bubbles: true });
  }
}

/**
 * The files and folders that a restore would change, each to be chosen.
 *
 * @event restore-choice – something was ticked or unticked
 * @event restore-look – one is to be shown
 */
export class RestoreList extends LightElement {
  static override properties = {
    items: { attribute: false },
    left: { attribute: false },
    shown: { attribute: false },
    disabled: { attribute: false },
  };

  declare items: readonly RestoreItem[];
  /** Node ids of what is not chosen. */
  declare left: ReadonlySet<string>;
  declare shown: string | null;
  declare disabled: boolean;

  constructor() {
    super();
    this.items = [];
    this.left = new Set();
    this.shown = null;
    this.disabled = false;
  }

  protected override render(): TemplateResult {
    return html`<div class="hunks changes restore-list" data-testid="restore-list" @keydown=${this.key}>
      ${GROUPS.map((group) => this.renderGroup(group))}
    </div>`;
  }

  private renderGroup({ kind, title, hint }: (typeof GROUPS)[number]): TemplateResult | typeof nothing {
    const items = this.items.filter((item) => item.kind === kind);
    if (items.length === 0) return nothing;
    const chosen = items.filter(({ node }) => !this.left.has(node)).length;
    return html`<section aria-label=${title} data-kind=${kind}>
      <label class="restore-group">
        <input
          type="checkbox"
          data-testid=${`restore-all-${kind}`}
          ?disabled=${this.disabled}
          .checked=${chosen === items.length}
          .indeterminate=${chosen > 0 && chosen < items.length}
          @change=${(event: Event) => this.chooseAll(items, (event.target as HTMLInputElement).checked)}
        />
        <span class="restore-title">${title}</span>
        <span class="quiet">${chosen === items.length ? items.length : `${chosen} of ${items.length}`}</span>
      </label>
      <p class="restore-hint quiet">${hint}</p>
      <ul>
        ${repeat(
          items,
          ({ node }) => node,
          (item) => this.renderItem(item),
        )}
      </ul>
    </section>`;
  }

  private renderItem(item: RestoreItem): TemplateResult {
    const { node, nodeKind, pathNow, pathThen, inserted, deleted, unread, isPurged } = item;
    const path = pathThen ?? pathNow ?? '';
    const isMoved = pathNow !== null && pathThen !== null && pathNow !== pathThen;
    return html`<li class="change" data-testid="restore-item" data-path=${path} data-kind=${item.kind}>
      <input
        type="checkbox"
        aria-label=${`Restore ${path}`}
        data-testid="restore-choose"
        ?disabled=${this.disabled}
        .checked=${!this.left.has(node)}
        @change=${(event: Event) => this.chooseAll([item], (event.target as HTMLInputElement).checked)}
      />
      <button
        class="change-body"
        aria-current=${node === this.shown}
        title=${isMoved ? `${pathNow} → ${path}` : path}
        @click=${() => this.dispatchEvent(new RestoreLookEvent(node))}
      >
        <span class="restore-path"
          >${icon(nodeKind === 'folder' ? 'folder' : 'file-code')} <span class="hist-path">${path}</span></span
        >
        ${isMoved ? html`<span class="restore-from quiet">now ${pathNow}</span>` : nothing}
        ${
          inserted + deleted > 0
            ? html`<span class="restore-counts">
                ${inserted > 0 ? html`<span class="hist-plus">+${inserted.toLocaleString()}</span>` : nothing}
                ${deleted > 0 ? html`<span class="hist-minus">−${deleted.toLocaleString()}</span>` : nothing}
              </span>`
            : nothing
        }
        ${unread || isPurged ? html`<span class="restore-counts quiet">text stays as it is</span>` : nothing}
      </button>
    </li>`;
  }

  private chooseAll(items: readonly RestoreItem[], on: boolean): void {
    const left = new Set(this.left);
    for (const { node } of items) {
      if (on) left.delete(node);
      else left.add(node);
    }
    this.dispatchEvent(new RestoreChoiceEvent(left));
  }

  /** Up and down from file to file; Home and End. */
  private readonly key = (event: KeyboardEvent): void => {
    const stops = [...this.querySelectorAll<HTMLElement>('.change-body')];
    const here = (event.target as Element).closest('.change')?.querySelector<HTMLElement>('.change-body');
    const at = here ? stops.indexOf(here) : -1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: stops.length - 1,
    };
    const next = targets[event.key];
    if (next === undefined) return;
    event.preventDefault();
    stops[next]?.focus();
  };
}

customElements.define('cw-restore-list', RestoreList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-restore-list': RestoreList;
  }
  interface HTMLElementEventMap {
    'restore-choice': RestoreChoiceEvent;
    'restore-look': RestoreLookEvent;
  }
}
