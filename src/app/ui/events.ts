/** Events that any element may send up to the shell. */

export interface Toast {
  readonly message: string;
  readonly tone?: 'neutral' | 'success' | 'warning' | 'danger';
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Milliseconds until it goes; 0 stays until it is closed. Default 6000. */
  readonly duration?: number;
  /** Aborted when the message does not hold any more: it goes at once. */
  readonly until?: AbortSignal;
}

/** Asks the shell to show a short message with, at most, one action. */
export class ToastEvent extends CustomEvent<Toast> {
  constructor(detail: Toast) {
    super('toast', { detail, bubbles: true, composed: true });
  }
}

/** Asks the shell to tell assistive technology something, politely. */
export class AnnounceEvent extends CustomEvent<string> {
  constructor(sentence: string) {
    super('announce', { detail: sentence, bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    toast: ToastEvent;
    announce: AnnounceEvent;
  }
}
