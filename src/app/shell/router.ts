import { Router, type RouteConfig } from '@lit-labs/router';
import type { ReactiveControllerHost } from 'lit';
import type { Observable } from '../session/api.ts';
import { Signal } from '../session/signal.ts';
import { pathOf, type Route } from './route.ts';

/** What the pages know of the router. */
export interface Navigation {
  readonly route: Observable<Route>;
  go(route: Route): void;
  /** As `go`, but the back button skips the page that is left. */
  replace(route: Route): void;
}

const PROJECT = '/p/:project([\\w.\\-]+){/f/:file([\\w.\\-]+)}?{/}?';

/**
 * The page that the address bar names. While the host is in the document, links inside the app and the back and forward
 * buttons change it without loading the document anew.
 */
export class AddressBar implements Navigation {
  private readonly current = new Signal<Route>({ page: 'not-found' });
  private readonly router: Router;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    const routes: RouteConfig[] = [
      { path: '/{index.html}?', enter: () => this.show({ page: 'home' }) },
      { path: PROJECT, enter: ({ project = '', file }) => this.show({ page: 'project', project, file: file || null }) },
      { path: '/join/:token{/}?', enter: ({ token = '' }) => this.show(joinRoute(token)) },
      { path: '/rescue{/}?', enter: () => this.show({ page: 'rescue' }) },
      { path: '/account{/}?', enter: () => this.show({ page: 'account' }) },
      { path: '/enter{/}?', enter: () => this.show({ page: 'arrival', arrival: 'sign-in' }) },
      { path: '/invitation{/}?', enter: () => this.show({ page: 'arrival', arrival: 'invitation' }) },
    ];
    this.router = new Router(host, routes, { fallback: { enter: () => this.show({ page: 'not-found' }) } });
  }

  get route(): Observable<Route> {
    return this.current;
  }

  go(route: Route): void {
    const path = pathOf(route);
    if (path !== location.pathname) history.pushState(null, '', path);
    this.follow(path);
  }

  replace(route: Route): void {
    history.replaceState(null, '', pathOf(route));
    this.follow(pathOf(route));
  }

  private follow(path: string): void {
    this.router.goto(path).catch((error: unknown) => console.error(error));
  }

  private show(route: Route): boolean {
    this.current.set(route);
    return true;
  }
}

function joinRoute(token: string): Route {
  try {
    return { page: 'join', token: decodeURIComponent(token) };
  } catch {
    return { page: 'not-found' }; // a broken % sequence
  }
}
