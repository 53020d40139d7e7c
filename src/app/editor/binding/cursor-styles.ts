import type { RemoteUser } from './remote-user.ts';

/** The class names are those of y-monaco, so that themes made for it fit. */
const BASE = `
.yRemoteSelection {
  background-color: color-mix(in srgb, var(--remote-cursor-color, #f59e0b) 26%, transparent);
}
.yRemoteSelectionHead {
  position: absolute;
  height: 100%;
  box-sizing: border-box;
  border-left: 2px solid var(--remote-cursor-color, #f59e0b);
  margin-left: -1px;
}
.yRemoteSelectionHead::after {
  content: '';
  position: absolute;
  top: 0;
  left: -4px;
  width: 6px;
  height: 6px;
  border-radius: 50%;
  background-color: var(--remote-cursor-color, #f59e0b);
}
.yRemoteSelectionLabel {
  max-width: 24ch;
  padding: 1px 6px;
  overflow: hidden;
  border-radius: 3px;
  font: 500 11px/16px system-ui, sans-serif;
  text-overflow: ellipsis;
  white-space: nowrap;
  opacity: 0;
  pointer-events: none;
  user-select: none;
  transition: opacity 200ms;
  z-index: 30;
}
.yRemoteSelectionLabel.isShown {
  opacity: 1;
}
@media (prefers-reduced-motion: reduce) {
  .yRemoteSelectionLabel {
    transition: none;
  }
}
`;

/**
 * The style element of one editor's remote cursors, in the document or in the shadow root that the editor is in. The only
 * variable parts of the style are integers and colours that `parseColor` wrote.
 */
export class CursorStyles {
  readonly #element: HTMLStyleElement;
  readonly #colors = new Map<number, string>();

  constructor(container: HTMLElement) {
    this.#element = document.createElement('style');
    this.#element.dataset['remoteCursors'] = '';
    this.#element.textContent = BASE;
    const root = container.getRootNode();
    (root instanceof ShadowRoot ? root : document.head).append(this.#element);
  }

  /** The colour of a client's cursor; null forgets it. */
  set(clientId: number, user: RemoteUser | null): void {
    if (this.#colors.get(clientId) === user?.color) return;
    if (user === null) this.#colors.delete(clientId);
    else this.#colors.set(clientId, user.color);
    const rules = [...this.#colors].map(
      ([id, color]) => `.yRemoteSelection-${id}, .yRemoteSelectionHead-${id} { --remote-cursor-color: ${color}; }\n`,
    );
    this.#element.textContent = BASE + rules.join('');
  }

  dispose(): void {
    this.#element.remove();
  }
}
