import { safeColor } from '../presence/people.ts';

/** The colours of authors as classes for decorations of an editor: Monaco takes only class names. */
export class AnchorStyles {
  private readonly element = document.createElement('style');
  private readonly known = new Set<string>();

  constructor() {
    this.element.dataset['comments'] = '';
    document.head.append(this.element);
  }

  /** The class that sets `--author` to a colour. */
  classOf(color: string): string {
    const safe = safeColor(color);
    const name = `cw-by-${safe.slice(1)}`;
    if (!this.known.has(name)) {
      this.known.add(name);
      this.element.textContent += `.${name} { --author: ${safe}; }\n`;
    }
    return name;
  }

  dispose(): void {
    this.element.remove();
  }
}
