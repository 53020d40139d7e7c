import { registerSW } from 'virtual:pwa-register';

/**
 * Registers the service worker that keeps the app usable without network. `onReady` is called when a new version
 * waits; it gets the function that switches to it, which reloads the page. Nothing reloads by itself.
 */
export function followUpdates(onReady: (reload: () => void) => void): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const update = registerSW({
    onNeedRefresh: () => onReady(() => void update(true).catch(report)),
    onRegisterError: report,
  });
}

function report(error: unknown): void {
  console.warn('Cowrite could not be kept for use without network.', error);
}
