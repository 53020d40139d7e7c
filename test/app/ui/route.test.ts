import { describe, expect, it } from 'vitest';
import { parseRoute, pathOf, type Route } from '../../../src/app/shell/route.ts';

describe('addresses', () => {
  const routes: readonly (readonly [string, Route])[] = [
    ['/', { page: 'home' }],
    ['/p/abc123', { page: 'project', project: 'abc123', file: null }],
    ['/p/abc123/f/n0de', { page: 'project', project: 'abc123', file: 'n0de' }],
    ['/join/a%20b%2Fc', { page: 'join', token: 'a b/c' }],
  ];

  it.each(routes)('%s is read and written alike', (path, route) => {
    expect(parseRoute(path)).toEqual(route);
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
  ])('%s is no page', (path) => expect(parseRoute(path)).toEqual({ page: 'not-found' }));

  it('takes a slash at the end', () => {
    expect(parseRoute('/p/abc/')).toEqual({ page: 'project', project: 'abc', file: null });
    expect(parseRoute('/p/abc/f/d/')).toEqual({ page: 'project', project: 'abc', file: 'd' });
  });
});
