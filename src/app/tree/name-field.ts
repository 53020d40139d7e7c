import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { LightElement } from '../ui/light-element.ts';

/**
 * The field in a row of the tree in which a name is typed. Enter takes it, Escape and leaving it empty give up;
 * leaving it otherwise takes it if it can be taken.
 *
 * @event name-done – detail: the name, or `null` if the user gave up
 */
export class NameField extends LightElement {
  static override properties = {
    value: { attribute: false },
    label: { attribute: false },
    check: { attribute: false },
    problem: { state: true },
  };

  declare value: string;
  declare label: string;
  /** Why a name cannot be taken, as a sentence, or `null` if it can. */
  declare check: (name: string) => string | null;
  declare private problem: string | null;
  private done = false;

  constructor() {
    super();
    this.value = '';
    this.label = '';
    this.check = () => null;
    this.problem = null;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    const { input } = this;
    input.focus();
    const dot = this.value.lastIndexOf('.');
    input.setSelectionRange(0, dot > 0 ? dot : this.value.length);
    input.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    return html`<input
        class="name-field"
        data-testid="tree-name-input"
        aria-label=${this.label}
        aria-invalid=${this.problem !== null}
        aria-describedby="tree-name-problem"
        .value=${live(this.value)}
        autocomplete="off"
        spellcheck="false"
        @input=${this.typed}
        @keydown=${this.key}
        @blur=${this.left}
        @click=${(event: Event) => event.stopPropagation()}
      />
      <div id="tree-name-problem" role="alert" class="name-problem">
        ${this.problem === null ? nothing : html`<span data-testid="tree-name-problem">${this.problem}</span>`}
      </div>`;
  }

  private get input(): HTMLInputElement {
    const input = this.querySelector('input');
    if (!input) throw new Error('The name field has not been rendered.');
    return input;
  }

  private readonly typed = (): void => {
    this.value = this.input.value;
    this.problem = this.value.trim() === '' ? null : this.check(this.value.trim());
  };

  private readonly key = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') this.finish(null);
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    const name = this.input.value.trim();
    this.problem = this.check(name);
    if (this.problem === null) this.finish(name);
  };

  private readonly left = (): void => {
    const name = this.input.value.trim();
    this.finish(name === '' || this.check(name) !== null ? null : name);
  };

  private finish(name: string | null): void {
    if (this.done) return;
    this.done = true;
    this.dispatchEvent(new CustomEvent('name-done', { detail: name }));
  }
}

customElements.define('cw-name-field', NameField);

declare global {
  interface HTMLElementTagNameMap {
    'cw-name-field': NameField;
  }
  interface HTMLElementEventMap {
    'name-done': CustomEvent<string | null>;
  }
}
