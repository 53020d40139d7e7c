import type { Arrival } from '../auth/arrival-page.ts';

/** The addresses of the app. Every page can be shared, bookmarked and reloaded. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'project'; readonly project: string; readonly file: string | null }
  | { readonly page: 'join'; readonly token: string }
  /** Edits that could not be sent. */
  | { readonly page: 'rescue' }
  | { readonly page: 'account' }
  /** Where mails and providers lead back to, with what the query of the address carries. */
  | { readonly page: 'arrival'; readonly arrival: Arrival }
  | { readonly page: 'not-found' };

export function pathOf(route: Route): string {
  switch (route.page) {
    case 'home':
      return '/';
    case 'project':
      return route.file === null ? `/p/${route.project}` : `/p/${route.project}/f/${route.file}`;
    case 'join':
      return `/join/${encodeURIComponent(route.token)}`;
    case 'rescue':
      return '/rescue';
    case 'account':
      return '/account';
    case 'arrival':
      return route.arrival === 'invitation' ? '/invitation' : '/enter';
    case 'not-found':
      return '/not-found';
  }
}
