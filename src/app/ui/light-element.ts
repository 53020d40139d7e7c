import { LitElement } from 'lit';

/**
 * An element that renders into the document itself: Monaco needs its whole chain of ancestors there, and labels,
 * focus and styles reach across elements. Each feature has one css file whose rules begin with the element's name.
 */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
