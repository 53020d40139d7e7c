/**
 * Deletes what this browser keeps of a user: documents, edits that were not sent, what was remembered. Resolves when it
 * is asked for; where another tab has something open, it goes when that is closed.
 */
export async function forgetUser(userId: string): Promise<void> {
  for (const key of Object.keys(localStorage)) {
    const [app, , user] = key.split(':');
    if (app === 'cowrite' && user === userId) localStorage.removeItem(key);
  }
  for (const { name } of await indexedDB.databases()) {
    if (name?.startsWith(`cowrite:${userId}:`) === true) indexedDB.deleteDatabase(name);
  }
}
