import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/spinner/spinner.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Failure, FailureKind } from '../../core/failures.ts';
import { isPassing } from '../../core/failures.ts';
import type { App } from '../session/api.ts';
import type { Navigation } from '../shell/router.ts';
import { LightElement } from '../ui/light-element.ts';
import { logo } from '../ui/logo.ts';

/** Joins the project of an invite link and goes there, or says why that is not possible. */
export class JoinPage extends LightElement {
  static override properties = {
    app: { attribute: false },
    router: { attribute: false },
    token: { attribute: false },
    failure: { state: true },
  };

  declare app: App;
  declare router: Navigation;
  declare token: string;
  declare private failure: Failure | null;

  constructor() {
    super();
    this.failure = null;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    document.title = 'Invitation – Cowrite';
    void this.join();
  }

  protected override render(): TemplateResult {
    const { failure } = this;
    if (failure === null) {
      return html`<main class="shell-message" aria-busy="true" data-testid="joining">
        <wa-spinner></wa-spinner>
        <p>Joining the project…</p>
      </main>`;
    }
    return html`<main class="shell-message" data-testid="join-problem" data-kind=${failure.kind}>
      ${logo()}
      <h1>${titleOf(failure.kind)}</h1>
      <p class="quiet" role="alert">${sentenceOf(failure)}</p>
      ${
        isPassing(failure.kind)
          ? html`<wa-button variant="brand" @click=${this.join} data-testid="join-retry">Try again</wa-button>`
          : nothing
      }
      <a href="/">Go to your projects</a>
    </main>`;
  }

  private readonly join = async (): Promise<void> => {
    this.failure = null;
    const joined = await this.app.join(this.token);
    if (!this.isConnected) return;
    if (joined.ok) this.router.replace({ page: 'project', project: joined.value.project, file: null });
    else this.failure = joined;
  };
}

function titleOf(kind: FailureKind): string {
  switch (kind) {
    case 'not-found':
    case 'rejected':
    case 'forbidden':
      return 'This invite link does not work';
    case 'offline':
      return 'You are offline';
    case 'unauthenticated':
      return 'You are not signed in';
    case 'rate-limited':
    case 'conflict':
    case 'too-large':
    case 'server':
      return 'You could not join just now';
  }
}

function sentenceOf(failure: Failure): string {
  switch (failure.kind) {
    case 'not-found':
      return 'The link is unknown or no longer valid. Ask whoever sent it for a new one.';
    case 'offline':
      return 'Joining a project needs a connection. Try again when you are back online.';
    case 'unauthenticated':
    case 'forbidden':
    case 'rate-limited':
    case 'conflict':
    case 'too-large':
    case 'rejected':
    case 'server':
      return failure.message;
  }
}

customElements.define('cw-join', JoinPage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-join': JoinPage;
  }
}
