const LOCK_PREFIX = 'cowrite:project:';

/**
 * Says to other tabs of this browser that a project is open here; returns the undo. Pages without a secure origin have
 * no locks, and say nothing.
 */
export function useProject(userId: string, project: string): () => void {
  const end = Promise.withResolvers<void>();
  // Rejects only if the page is being torn down, and then nobody is left to hear of it.
  navigator.locks?.request(nameOf(userId, project), { mode: 'shared' }, () => end.promise).catch(() => undefined);
  return () => end.resolve();
}

/**
 * Runs `work` while no tab of this browser has the project open; resolves to `null` without running it if one has.
 * A tab that opens the project meanwhile does not wait.
 */
export async function whileProjectIsClosed<T>(
  userId: string,
  project: string,
  work: () => Promise<T>,
): Promise<T | null> {
  if (navigator.locks === undefined) return work();
  return navigator.locks.request(nameOf(userId, project), { ifAvailable: true }, (lock) =>
    lock === null ? Promise.resolve(null) : work(),
  );
}

function nameOf(userId: string, project: string): string {
  return `${LOCK_PREFIX}${userId}:${project}`;
}
