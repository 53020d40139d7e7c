import type { Observable } from '../session/api.ts';
import { Signal } from '../session/signal.ts';
import { parseRoute, pathOf, type Route } from './route.ts';

/** What the pages know of the router. */
export interface Navigation {
  readonly route: Observable<Route>;
  go(route: Route): void;
  /** As `go`, but the back button skips the page that is left. */
  replace(route: Route): void;
}

/** The page that the address bar names. Links inside the app change it without loading the document anew. */
export class Router implements Navigation {
  private readonly current = new Signal<Route>(parseRoute(location.pathname));

  get route(): Observable<Route> {
    return this.current;
  }

  /** Follows links and the back and forward buttons; returns the undo. */
  start(): () => void {
    const read = (): void => this.current.set(parseRoute(location.pathname));
    const click = (event: MouseEvent): void => this.followLink(event);
    addEventListener('popstate', read);
    document.addEventListener('click', click);
    return () => {
      removeEventListener('popstate', read);
      document.removeEventListener('click', click);
    };
  }

  go(route: Route): void {
    const path = pathOf(route);
    if (path !== location.pathname) history.pushState(null, '', path);
    this.current.set(route);
  }

  replace(route: Route): void {
    history.replaceState(null, '', pathOf(route));
    this.current.set(route);
  }

  private followLink(event: MouseEvent): void {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!plain || event.defaultPrevented) return;
    const anchor = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
    if (!anchor || anchor.origin !== location.origin || anchor.target !== '' || anchor.hasAttribute('download')) return;
    if (anchor.pathname.startsWith('/v1/')) return;
    event.preventDefault();
    if (anchor.pathname !== location.pathname) history.pushState(null, '', anchor.pathname);
    this.current.set(parseRoute(anchor.pathname));
  }
}
