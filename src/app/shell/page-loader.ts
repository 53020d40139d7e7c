/** The pages that are loaded when they are first shown, and the element that each defines. */
const PAGES = {
  'cw-sign-in': () => import('../auth/sign-in-page.ts'),
  'cw-dashboard': () => import('../dashboard/dashboard-page.ts'),
  'cw-project': () => import('../project/project-page.ts'),
  'cw-join': () => import('../share/join-page.ts'),
  'cw-rescue': () => import('../rescue/rescue-page.ts'),
  'cw-account': () => import('../auth/account-page.ts'),
  'cw-arrival': () => import('../auth/arrival-page.ts'),
} as const;

export type PageTag = keyof typeof PAGES;

const loading = new Map<PageTag, Promise<unknown>>();

/** Resolves when the element is defined; rejects if its code cannot be loaded, and tries anew when called again. */
export async function loadPage(tag: PageTag): Promise<void> {
  if (customElements.get(tag)) return;
  const known = loading.get(tag);
  const load = known ?? PAGES[tag]();
  loading.set(tag, load);
  try {
    await load;
  } catch (error) {
    loading.delete(tag);
    throw error;
  }
}
