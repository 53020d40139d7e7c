/** The addresses of the app. Every page can be shared, bookmarked and reloaded. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'project'; readonly project: string; readonly file: string | null }
  | { readonly page: 'join'; readonly token: string }
  | { readonly page: 'not-found' };

const PROJECT = /^\/p\/([\w.-]+)(?:\/f\/([\w.-]+))?\/?$/;
const JOIN = /^\/join\/([^/]+)\/?$/;

export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'home' };
  const project = PROJECT.exec(path);
  if (project?.[1] !== undefined) return { page: 'project', project: project[1], file: project[2] ?? null };
  const join = JOIN.exec(path);
  if (join?.[1] !== undefined) {
    try {
      return { page: 'join', token: decodeURIComponent(join[1]) };
    } catch {
      return { page: 'not-found' }; // a broken % sequence
    }
  }
  return { page: 'not-found' };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case 'home':
      return '/';
    case 'project':
      return route.file === null ? `/p/${route.project}` : `/p/${route.project}/f/${route.file}`;
    case 'join':
      return `/join/${encodeURIComponent(route.token)}`;
    case 'not-found':
      return '/not-found';
  }
}
