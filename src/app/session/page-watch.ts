/** What open projects are told of the page they are in. */
export interface InPage {
  /** Something may work again that did not. */
  retry(): void;
  setHidden(hidden: boolean): void;
  /** The person has turned to something else. */
  sendNow(): void;
  /** The page is being closed or put aside. */
  leave(): void;
}

/** The browser tells when waiting is over and when the page may end [P22, P47]. */
export function watchPage(open: Iterable<InPage>): void {
  const wake = (): void => {
    for (const project of open) project.retry();
  };
  window.addEventListener('online', wake);
  // Looking at once finds out sooner that nobody answers.
  window.addEventListener('offline', wake);
  window.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', () => {
    const hidden = document.visibilityState === 'hidden';
    for (const project of open) project.setHidden(hidden);
    if (!hidden) wake();
  });
  window.addEventListener('blur', () => {
    for (const project of open) project.sendNow();
  });
  window.addEventListener('pagehide', () => {
    for (const project of open) project.leave();
  });
}
