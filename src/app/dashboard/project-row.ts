import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import type { WaSelectEvent } from '@awesome.me/webawesome/dist/events/select.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectSummary } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { LOCALE } from '../ui/locale.ts';

const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });

/**
 * One project in the list; `owned` gives it its menu.
 *
 * @event project-rename
 * @event project-delete
 */
export class ProjectRow extends LightElement {
  static override properties = { project: { attribute: false }, owned: { attribute: false } };

  declare project: ProjectSummary;
  declare owned: boolean;

  constructor() {
    super();
    this.owned = true;
  }

  protected override render(): TemplateResult {
    const { id, name, updatedAt } = this.project;
    return html`
      <a href=${`/p/${id}`} class="project-link" data-testid="project-link" data-project=${id}>
        ${icon('folder')}<span class="project-name">${name}</span>
        <span class="quiet project-day">${dayOf(updatedAt)}</span>
      </a>
      ${this.owned ? this.renderMenu(name) : nothing}
    `;
  }

  private renderMenu(name: string): TemplateResult {
    return html`
      <wa-dropdown placement="bottom-end" size="s" @wa-select=${this.select}>
        <button
          slot="trigger"
          class="icon-button"
          aria-label=${`Actions for ${name}`}
          title="Actions"
          data-testid="project-menu"
        >
          ${icon('ellipsis')}
        </button>
        <wa-dropdown-item value="rename" data-testid="project-rename"
          >${icon('pencil', 'icon')} Rename</wa-dropdown-item
        >
        <wa-dropdown-item value="delete" variant="danger" data-testid="project-delete">
          ${icon('trash', 'icon')} Delete
        </wa-dropdown-item>
      </wa-dropdown>
    `;
  }

  private readonly select = (event: WaSelectEvent): void => {
    const { item } = event.detail;
    const value = 'value' in item ? item.value : '';
    if (value === 'rename') this.dispatchEvent(new CustomEvent('project-rename', { bubbles: true }));
    if (value === 'delete') this.dispatchEvent(new CustomEvent('project-delete', { bubbles: true }));
  };
}

function dayOf(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? '' : DAY.format(time);
}

customElements.define('cw-project-row', ProjectRow);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project-row': ProjectRow;
  }
  interface HTMLElementEventMap {
    'project-rename': CustomEvent<null>;
    'project-delete': CustomEvent<null>;
  }
}
