import { registerSW } from 'virtual:pwa-register';

/** A tab that stays open looks this often for a new version. */
const LOOK_AGAIN_MS = 60 * 60 * 1000;

/**
 * Registers the service worker that keeps the app usable without network. `onReady` is called when a new version
 * waits; it gets the function that switches to it, which reloads the page. Nothing reloads by itself.
 */
export function followUpdates(onReady: (reload: () => void) => void): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const update = registerSW({
    onNeedRefresh: () => onReady(() => void update(true).catch(report)),
    onRegisteredSW: (_address, registration) => {
      if (registration) setInterval(() => void registration.update().catch(report), LOOK_AGAIN_MS);
    },
    onRegisterError: report,
  });
}

function report(error: unknown): void {
  console.warn('Cowrite could not be kept for use without network.', error);
}
