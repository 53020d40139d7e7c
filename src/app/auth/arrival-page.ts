import '@awesome.me/webawesome/dist/components/spinner/spinner.js';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { failure, type Failure, type Outcome } from '../../core/failures.ts';
import type { App } from '../session/api.ts';
import type { Navigation } from '../shell/router.ts';
import { LightElement } from '../ui/light-element.ts';
import { logo } from '../ui/logo.ts';

export type Arrival = 'sign-in' | 'invitation';

/** Where mails and providers lead back to: signs in or joins with what the address carries, and goes on. */
export class ArrivalPage extends LightElement {
  static override properties = {
    app: { attribute: false },
    router: { attribute: false },
    arrival: { attribute: false },
    failure: { state: true },
  };

  declare app: App;
  declare router: Navigation;
  declare arrival: Arrival;
  declare private failure: Failure | null;

  constructor() {
    super();
    this.failure = null;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    document.title = this.arrival === 'invitation' ? 'Invitation – Cowrite' : 'Signing in – Cowrite';
    void this.arrive(new URLSearchParams(location.search));
  }

  protected override render(): TemplateResult {
    if (this.failure === null) {
      return html`<main class="shell-message" aria-busy="true" data-testid="arriving">
        <wa-spinner></wa-spinner>
        <p>${this.arrival === 'invitation' ? 'Joining the project…' : 'Signing in…'}</p>
      </main>`;
    }
    return html`<main class="shell-message" data-testid="arrival-problem" data-kind=${this.failure.kind}>
      ${logo()}
      <h1>${this.arrival === 'invitation' ? 'This invitation does not work' : 'You could not be signed in'}</h1>
      <p class="quiet" role="alert">${sentenceOf(this.failure)}</p>
      <a href="/">Go to your projects</a>
    </main>`;
  }

  private async arrive(query: URLSearchParams): Promise<void> {
    const project = query.get('teamId') ?? '';
    const arrived = await this.useUp(query, project);
    if (!this.isConnected) return;
    if (!arrived.ok) this.failure = arrived;
    // `replace`: the secret in the address is used up, and is nobody's business.
    else if (this.arrival === 'invitation') this.router.replace({ page: 'project', project, file: null });
    else this.router.replace({ page: 'home' });
  }

  private useUp(query: URLSearchParams, project: string): Promise<Outcome<void>> {
    const user = query.get('userId') ?? '';
    const secret = query.get('secret') ?? '';
    if (user === '' || secret === '') {
      return Promise.resolve(failure('rejected', 'The address is not complete, or the sign-in was stopped.'));
    }
    if (this.arrival === 'sign-in') return this.app.settings.enter(user, secret);
    return this.app.settings.acceptInvitation({ project, membership: query.get('membershipId') ?? '', user, secret });
  }
}

function sentenceOf({ kind, message }: Failure): string {
  switch (kind) {
    case 'forbidden':
    case 'unauthenticated':
      return 'The link has been used before, has expired, or somebody else is signed in here. Sign out, and ask for a new one.';
    case 'not-found':
    case 'conflict':
      return 'The link has been used before, or was withdrawn. Ask for a new one.';
    case 'offline':
    case 'rate-limited':
    case 'too-large':
    case 'rejected':
    case 'server':
      return message;
  }
}

customElements.define('cw-arrival', ArrivalPage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-arrival': ArrivalPage;
  }
}
