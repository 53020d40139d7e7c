import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FileSession, ProjectSession } from '../session/api.ts';

/** What is known of the file that is to be shown. */
export type FileState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  /** Nothing of it is on this device, and the server cannot be read now. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'open'; readonly file: FileSession }
  | { readonly kind: 'failed'; readonly message: string };

/** Keeps the wanted file of a project open as long as its host is in the document and wants it. */
export class OpenFileController implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly wanted: () => { readonly session: ProjectSession; readonly id: string } | null;
  private session: ProjectSession | null = null;
  private file: FileSession | null = null;
  private loaded = false;
  private problem: string | null = null;
  private unsubscribe: (() => void) | null = null;

  constructor(
    host: ReactiveControllerHost,
    wanted: () => { readonly session: ProjectSession; readonly id: string } | null,
  ) {
    this.host = host;
    this.wanted = wanted;
    host.addController(this);
  }

  get state(): FileState {
    if (this.file === null) return { kind: 'none' };
    if (this.problem !== null) return { kind: 'failed', message: this.problem };
    if (!this.loaded) return { kind: 'loading' };
    return this.file.ready.value ? { kind: 'open', file: this.file } : { kind: 'elsewhere' };
  }

  hostUpdate(): void {
    const wanted = this.wanted();
    if (wanted?.session === this.session && wanted?.id === this.file?.id) return;
    this.close();
    if (wanted) this.open(wanted.session, wanted.id);
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.close();
  }

  private open(session: ProjectSession, id: string): void {
    const file = session.openFile(id);
    this.session = session;
    this.file = file;
    this.unsubscribe = file.ready.subscribe(() => this.host.requestUpdate());
    const settle = (problem: string | null): void => {
      if (this.file !== file) return;
      this.loaded = true;
      this.problem = problem;
      this.host.requestUpdate();
    };
    file.loaded.then(
      () => settle(null),
      (error: unknown) => settle(error instanceof Error ? error.message : String(error)),
    );
  }

  private close(): void {
    this.unsubscribe?.();
    this.file?.close();
    this.unsubscribe = null;
    this.session = null;
    this.file = null;
    this.loaded = false;
    this.problem = null;
  }
}
