/**
 * A project is deleted by a mark on its row, and restored by taking the mark away. Who set it is proven as the author of
 * an update is [STAMP-1]: Appwrite lets nobody grant a right to a user who is not themselves.
 */

/** How long a deleted project can be restored; then a sweep removes it. */
export const DELETED_KEPT_MS = 30 * 86_400_000;

export interface Deletion {
  /** User id of who deleted the project; `null` where the row does not tell. */
  readonly by: string | null;
  /** Epoch milliseconds by the server's clock; `null` where that is not known. */
  readonly at: number | null;
}

/** What is known of a project's deletion. */
export interface DeletionKnowledge {
  /** `null`: the project is there. */
  readonly deletion: Deletion | null;
  /** How new that is: epoch milliseconds by the server's clock. */
  readonly knownAt: number;
}

/**
 * What is known after the project's row was heard of. Rows come by lists and announcements, in any order: one that is older
 * than what is known changes nothing. Without a time it is only said that the project is deleted, or not.
 */
export function learnDeletion(
  known: DeletionKnowledge,
  { deleted, by = null, at }: { readonly deleted: boolean; readonly by?: string | null; readonly at?: string },
): DeletionKnowledge {
  const time = at === undefined ? null : Date.parse(at);
  if (time !== null && time < known.knownAt) return known;
  const knownAt = time ?? known.knownAt;
  if (!deleted) return { deletion: null, knownAt };
  return { deletion: time === null ? (known.deletion ?? { by, at: null }) : { by, at: time }, knownAt };
}

/** The permissions of a project's row. @param deletedBy user id of who deletes it; `null` while it is there */
export function projectPermissions(project: string, deletedBy: string | null = null): readonly string[] {
  return [
    `read("team:${project}")`,
    `update("team:${project}/owner")`,
    `delete("team:${project}/owner")`,
    ...(deletedBy === null ? [] : [`read("user:${deletedBy}")`]),
  ];
}

/** Who deleted a project, by the permissions of its row; `null` where they do not name one user. */
export function deletedBy(permissions: readonly string[]): string | null {
  const users = permissions.map((each) => /^read\("user:([^"/]+)"\)$/.exec(each)?.[1]).filter((id) => id !== undefined);
  return users.length === 1 ? (users[0] ?? null) : null;
}
