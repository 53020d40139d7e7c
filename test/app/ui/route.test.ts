import { LitElement } from 'lit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathOf, type Route } from '../../../src/app/shell/route.ts';
import { AddressBar } from '../../../src/app/shell/router.ts';

class Host extends LitElement {}
customElements.define('test-router-host', Host);

const before = location.href;
let host: Host;
let router: AddressBar;

beforeEach(() => {
  host = new Host();
  router = new AddressBar(host);
  document.body.append(host);
});

afterEach(() => {
  host.remove();
  history.replaceState(null, '', before);
});

/** The page that is shown where the address bar says this. */
function routeAt(path: string): Route {
  history.replaceState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
  return router.route.value;
}

describe('addresses', () => {
  const routes: readonly (readonly [string, Route])[] = [
    ['/', { page: 'home' }],
    ['/p/abc123', { page: 'project', project: 'abc123', file: null }],
    ['/p/abc123/f/n0de', { page: 'project', project: 'abc123', file: 'n0de' }],
    ['/p/a.b-c_d/f/e-f', { page: 'project', project: 'a.b-c_d', file: 'e-f' }],
    ['/join/a%20b%2Fc', { page: 'join', token: 'a b/c' }],
  ];

  it.each(routes)('%s is read and written alike', (path, route) => {
    expect(routeAt(path)).toEqual(route);
    expect(pathOf(route)).toBe(path);
  });

  it.each([
    '/p',
    '/p/',
    '/p/a/b',
    '/p/a/f',
    '/p/a/f/',
    '/p/a/f/b/c',
    '/join',
    '/join/',
    '/join/%E0%A4%A',
    '/p/a b',
    '/x',
  ])('%s is no page', (path) => expect(routeAt(path)).toEqual({ page: 'not-found' }));

  it('takes a slash at the end', () => {
    expect(routeAt('/p/abc/')).toEqual({ page: 'project', project: 'abc', file: null });
    expect(routeAt('/p/abc/f/d/')).toEqual({ page: 'project', project: 'abc', file: 'd' });
    expect(routeAt('/index.html')).toEqual({ page: 'home' });
  });
});

describe('going somewhere', () => {
  it('changes the address and the page at once', () => {
    router.go({ page: 'project', project: 'p1', file: null });
    expect(location.pathname).toBe('/p/p1');
    expect(router.route.value).toEqual({ page: 'project', project: 'p1', file: null });
    const pages = history.length;
    router.replace({ page: 'project', project: 'p1', file: 'f1' });
    expect(location.pathname).toBe('/p/p1/f/f1');
    expect(router.route.value).toEqual({ page: 'project', project: 'p1', file: 'f1' });
    expect(history.length).toBe(pages);
  });

  it('follows links of the app without loading the document anew', () => {
    const link = document.createElement('a');
    link.href = '/p/linked';
    host.append(link);
    link.click();
    expect(location.pathname).toBe('/p/linked');
    expect(router.route.value).toEqual({ page: 'project', project: 'linked', file: null });
  });
});
