import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isPassing, type Failure } from '../../core/failures.ts';
import type { App, ProjectSession } from '../session/api.ts';

export type ProjectState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'open'; readonly session: ProjectSession };

/**
 * Keeps a project open as long as its host is in the document. What could not be opened for want of a connection is
 * tried again when the browser comes back online.
 */
export class OpenProjectController implements ReactiveController {
  state: ProjectState = { kind: 'opening' };
  private readonly host: ReactiveControllerHost;
  private readonly target: () => { readonly app: App; readonly project: string };
  /** Tells a late answer from that to the newest attempt. */
  private attempt = 0;

  constructor(host: ReactiveControllerHost, target: () => { readonly app: App; readonly project: string }) {
    this.host = host;
    this.target = target;
    host.addController(this);
  }

  get session(): ProjectSession | null {
    return this.state.kind === 'open' ? this.state.session : null;
  }

  hostConnected(): void {
    addEventListener('online', this.online);
    this.open();
  }

  hostDisconnected(): void {
    removeEventListener('online', this.online);
    this.attempt++;
    const { session } = this;
    this.state = { kind: 'opening' };
    // The elements inside, which close what they opened, are told after this one.
    if (session) queueMicrotask(() => closeSession(session));
  }

  /** Opens it, or tries again after a failure. */
  open(): void {
    if (this.state.kind === 'open') return;
    const attempt = ++this.attempt;
    this.show({ kind: 'opening' });
    const { app, project } = this.target();
    app.openProject(project).then(
      (opened) => {
        if (attempt !== this.attempt) {
          if (opened.ok) closeSession(opened.value);
        } else if (opened.ok) this.show({ kind: 'open', session: opened.value });
        else this.show({ kind: 'failed', failure: opened });
      },
      (error: unknown) => {
        console.error(error);
        if (attempt !== this.attempt) return;
        const message = error instanceof Error ? error.message : String(error);
        this.show({ kind: 'failed', failure: { ok: false, kind: 'server', message } });
      },
    );
  }

  private readonly online = (): void => {
    if (this.state.kind === 'failed' && isPassing(this.state.failure.kind)) this.open();
  };

  private show(state: ProjectState): void {
    this.state = state;
    this.host.requestUpdate();
  }
}

function closeSession(session: ProjectSession): void {
  session.close().catch((error: unknown) => console.error(error));
}
