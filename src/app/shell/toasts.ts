import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/toast-item/toast-item.js';
import '@awesome.me/webawesome/dist/components/toast/toast.js';
import type WaToast from '@awesome.me/webawesome/dist/components/toast/toast.js';
import type { Toast } from '../ui/events.ts';

const DURATION_MS = 6000;

/** Puts a message on the stack of toasts. Texts may come from other users: they are set as text, never as HTML. */
export function showToast(stack: WaToast, toast: Toast): void {
  const item = document.createElement('wa-toast-item');
  item.variant = toast.tone ?? 'neutral';
  item.duration = toast.duration ?? DURATION_MS;
  item.size = 's';
  item.dataset['testid'] = 'toast';
  const hide = (): void => void item.hide().catch((error: unknown) => console.error(error));
  const row = document.createElement('div');
  row.className = 'toast-row';
  const text = document.createElement('span');
  text.textContent = toast.message;
  row.append(text);
  const { action } = toast;
  if (action) {
    const button = document.createElement('wa-button');
    button.size = 's';
    button.appearance = 'outlined';
    button.textContent = action.label;
    button.dataset['testid'] = 'toast-action';
    button.addEventListener('click', () => {
      action.run();
      hide();
    });
    row.append(button);
  }
  toast.until?.addEventListener('abort', hide, { once: true });
  item.append(row);
  stack.append(item);
}
