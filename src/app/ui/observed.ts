import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Observable } from '../session/api.ts';

/**
 * Renders its host anew whenever an observable changes. `source` is asked at every update, so the observable may
 * come later, or be another one when the host gets another session.
 */
export class Observed<T> implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly source: () => Observable<T> | null | undefined;
  private observable: Observable<T> | null = null;
  private unsubscribe: (() => void) | null = null;
  private isConnected = false;

  constructor(host: ReactiveControllerHost, source: () => Observable<T> | null | undefined) {
    this.host = host;
    this.source = source;
    host.addController(this);
  }

  /** `null` while there is no observable. */
  get value(): T | null {
    return this.source()?.value ?? null;
  }

  hostConnected(): void {
    this.isConnected = true;
    this.follow();
  }

  hostUpdate(): void {
    // An update that was asked for before its end reaches the host after it.
    if (this.isConnected) this.follow();
  }

  hostDisconnected(): void {
    this.isConnected = false;
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.observable = null;
  }

  private follow(): void {
    const observable = this.source() ?? null;
    if (observable === this.observable) return;
    this.unsubscribe?.();
    this.observable = observable;
    this.unsubscribe = observable?.subscribe(() => this.host.requestUpdate()) ?? null;
  }
}
