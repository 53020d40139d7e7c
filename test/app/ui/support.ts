import '../../../src/app/ui/base.css';
import type { LitElement } from 'lit';
import { Signal } from '../../../src/app/session/signal.ts';
import type { Route } from '../../../src/app/shell/route.ts';
import type { Navigation } from '../../../src/app/shell/router.ts';
import { useBundledIcons } from '../../../src/app/ui/icons.ts';

useBundledIcons();
document.documentElement.classList.add('wa-light');

const mounted: HTMLElement[] = [];

/** Puts an element into the page and waits until it has rendered. `unmountAll` in `afterEach`. */
export async function mount<E extends LitElement>(element: E, place: HTMLElement = document.body): Promise<E> {
  mounted.push(element);
  place.append(element);
  await element.updateComplete;
  return element;
}

export function unmountAll(): void {
  for (const element of mounted.splice(0)) element.remove();
}

/** The first element with this test id. Throws if there is none. */
export function byTestId(id: string, within: ParentNode = document): HTMLElement {
  const found = within.querySelector<HTMLElement>(`[data-testid="${id}"]`);
  if (!found) throw new Error(`Nothing has the test id “${id}”.`);
  return found;
}

/** The same element, as what it is. Throws if it is something else. */
export function as<E>(type: new () => E, element: HTMLElement): E {
  if (!(element instanceof type)) throw new Error(`<${element.localName}> is no ${type.name}.`);
  return element;
}

export function hasTestId(id: string, within: ParentNode = document): boolean {
  return within.querySelector(`[data-testid="${id}"]`) !== null;
}

/** Waits until `read` gives something other than `null`, `undefined` or `false`, for at most `limit` milliseconds. */
export async function until<T>(read: () => T | null | undefined | false, limit = 4000): Promise<T> {
  const end = performance.now() + limit;
  for (;;) {
    const value = read();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Waited ${limit} ms in vain for: ${read.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A key as the browser sends it to whatever has the focus. Returns whether somebody handled it. */
export function press(key: string, target: Element | null = document.activeElement): boolean {
  if (!target) throw new Error('Nothing has the focus.');
  return !target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true }));
}

/** Types into an input as a user would replace its content. */
export function fill(input: HTMLInputElement, value: string): void {
  input.value = value;
  input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}

/** A router without an address bar. */
export class FakeNavigation implements Navigation {
  readonly route: Signal<Route>;
  readonly replaced: Route[] = [];

  constructor(route: Route = { page: 'home' }) {
    this.route = new Signal(route);
  }

  go(route: Route): void {
    this.route.set(route);
  }

  replace(route: Route): void {
    this.replaced.push(route);
    this.route.set(route);
  }
}

/** Details of the events of one type that pass an element. */
export function record<T>(element: HTMLElement, type: string): T[] {
  const details: T[] = [];
  element.addEventListener(type, (event) => details.push((event as CustomEvent<T>).detail));
  return details;
}
