import { html, nothing, type TemplateResult } from 'lit';
import type { DeletedNode } from '../../core/tree.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { TreeActionEvent } from './events.ts';

/**
 * What was deleted, newest first, to be restored.
 *
 * @event tree-action – `restore`
 */
export class Trash extends LightElement {
  static override properties = { trash: { attribute: false }, readOnly: { attribute: false } };

  declare trash: readonly DeletedNode[];
  declare readOnly: boolean;

  constructor() {
    super();
    this.trash = [];
    this.readOnly = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.trash.length === 0) return nothing;
    return html`<details class="trash" data-testid="trash">
      <summary>${icon('trash')} Deleted <span class="quiet">${this.trash.length}</span></summary>
      <ul>
        ${this.trash.map(
          (node) =>
            html`<li data-testid="trash-item">
              ${icon(node.kind)}<span class="row-name" title=${node.name}>${node.name}</span>
              ${
                this.readOnly
                  ? nothing
                  : html`<button
                      class="icon-button"
                      aria-label=${`Restore ${node.name}`}
                      title="Restore"
                      data-testid="restore"
                      @click=${() => this.dispatchEvent(new TreeActionEvent({ kind: 'restore', id: node.id }))}
                    >
                      ${icon('rotate-ccw')}
                    </button>`
              }
            </li>`,
        )}
      </ul>
    </details>`;
  }
}

customElements.define('cw-trash', Trash);

declare global {
  interface HTMLElementTagNameMap {
    'cw-trash': Trash;
  }
}
