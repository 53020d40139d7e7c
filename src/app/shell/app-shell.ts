import type WaToast from '@awesome.me/webawesome/dist/components/toast/toast.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import '../auth/session-ended.ts';
import type { App } from '../session/api.ts';
import { LightElement } from '../ui/light-element.ts';
import { icon } from '../ui/icons.ts';
import { logo } from '../ui/logo.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeSetting } from '../ui/theme.ts';
import { loadPage, type PageTag } from './page-loader.ts';
import type { Route } from './route.ts';
import type { Navigation } from './router.ts';
import { showToast } from './toasts.ts';
import { followUpdates } from './updates.ts';
import './app-shell.css';

/**
 * The root: shows the page that the address names, or the sign-in page in its place while nobody is signed in.
 * It shows the toasts and speaks the announcements that elements below ask for.
 */
export class AppShell extends LightElement {
  static override properties = {
    app: { attribute: false },
    router: { attribute: false },
    theme: { attribute: false },
    broken: { state: true },
    announcement: { state: true },
  };

  declare app: App;
  declare router: Navigation;
  declare theme: ThemeSetting;
  declare private broken: PageTag | null;
  declare private announcement: string;

  /** The page that was rendered last. */
  private shown: Route['page'] | null = null;

  private readonly account = new Observed(this, () => this.app?.account);
  private readonly route = new Observed(this, () => this.router?.route);

  constructor() {
    super();
    this.broken = null;
    this.announcement = '';
    this.addEventListener('toast', (event) => {
      const stack = this.querySelector<WaToast>(':scope > wa-toast');
      if (stack) showToast(stack, event.detail);
    });
    this.addEventListener('announce', (event) => {
      this.announcement = event.detail;
    });
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    followUpdates((reload) => {
      const stack = this.querySelector<WaToast>(':scope > wa-toast');
      if (!stack) return;
      showToast(stack, {
        message: 'A new version of Cowrite is ready.',
        action: { label: 'Reload', run: reload },
        duration: 0,
      });
    });
  }

  /** What had the focus may have gone with the page before: keys then go on at the beginning of this one. */
  protected override updated(_changed: PropertyValues): void {
    const page = this.route.value?.page ?? null;
    if (page === this.shown) return;
    const isFirst = this.shown === null;
    this.shown = page;
    if (!isFirst && document.activeElement === document.body) {
      this.querySelector<HTMLElement>(':scope > .shell-page')?.focus({ preventScroll: true });
    }
  }

  protected override render(): TemplateResult {
    return html`
      ${this.renderSessionEnded()}
      <div class="shell-page" tabindex="-1">${this.renderPage()}</div>
      <div class="visually-hidden" role="status" aria-live="polite">${this.announcement}</div>
      <wa-toast placement="bottom-end"></wa-toast>
    `;
  }

  private renderSessionEnded(): TemplateResult | typeof nothing {
    const account = this.account.value;
    if (account?.kind !== 'session-ended') return nothing;
    return html`<cw-session-ended .app=${this.app} .user=${account.user}></cw-session-ended>`;
  }

  private renderPage(): TemplateResult | typeof nothing {
    const account = this.account.value;
    const route = this.route.value;
    if (!account || !route || account.kind === 'unknown') return this.renderWaiting();
    if (route.page === 'not-found') return this.renderNotFound();
    if (route.page === 'arrival') {
      return (
        this.load('cw-arrival') ??
        html`<cw-arrival .app=${this.app} .router=${this.router} .arrival=${route.arrival}></cw-arrival>`
      );
    }
    if (account.kind === 'signed-out') {
      const reason = route.page === 'join' ? 'invited' : route.page === 'project' ? 'project' : null;
      return this.load('cw-sign-in') ?? html`<cw-sign-in .app=${this.app} .reason=${reason}></cw-sign-in>`;
    }
    const { user } = account;
    switch (route.page) {
      case 'home':
        return (
          this.load('cw-dashboard') ??
          html`<cw-dashboard .app=${this.app} .router=${this.router} .theme=${this.theme} .user=${user}></cw-dashboard>`
        );
      case 'project':
        return (
          this.load('cw-project') ??
          (keyed(
            `${user.id} ${route.project}`,
            html`<cw-project
              .app=${this.app}
              .router=${this.router}
              .theme=${this.theme}
              .user=${user}
              .project=${route.project}
              .file=${route.file}
            ></cw-project>`,
          ) as TemplateResult)
        );
      case 'join':
        return (
          this.load('cw-join') ??
          (keyed(
            route.token,
            html`<cw-join .app=${this.app} .router=${this.router} .token=${route.token}></cw-join>`,
          ) as TemplateResult)
        );
      case 'account':
        return (
          this.load('cw-account') ?? html`<cw-account .app=${this.app} .theme=${this.theme} .user=${user}></cw-account>`
        );
      case 'rescue':
        return (
          this.load('cw-rescue') ??
          html`<cw-rescue .app=${this.app} .router=${this.router} .theme=${this.theme} .user=${user}></cw-rescue>`
        );
    }
  }

  /** `null` once the page's code is there; until then what to show instead. */
  private load(tag: PageTag): TemplateResult | null {
    if (customElements.get(tag)) return null;
    if (this.broken === tag) return this.renderBroken(tag);
    loadPage(tag).then(
      () => this.requestUpdate(),
      (error: unknown) => {
        console.error(error);
        this.broken = tag;
      },
    );
    return this.renderWaiting();
  }

  private renderWaiting(): TemplateResult {
    return html`<main class="shell-message" aria-busy="true"><span class="visually-hidden">Loading…</span></main>`;
  }

  private renderBroken(tag: PageTag): TemplateResult {
    const retry = (): void => {
      this.broken = null;
      loadPage(tag).catch(() => (this.broken = tag));
    };
    return html`<main class="shell-message">
      ${icon('cloud-off')}
      <h1>This page could not be loaded</h1>
      <p class="quiet">Check your connection, then try again.</p>
      <wa-button variant="brand" @click=${retry}>Try again</wa-button>
    </main>`;
  }

  private renderNotFound(): TemplateResult {
    return html`<main class="shell-message" data-testid="not-found">
      ${logo()}
      <h1>There is no page here</h1>
      <p class="quiet">The address may be mistyped, or the page has moved.</p>
      <a href="/">Go to your projects</a>
    </main>`;
  }
}

customElements.define('cw-app', AppShell);

declare global {
  interface HTMLElementTagNameMap {
    'cw-app': AppShell;
  }
}
