import type { DocumentKind } from './ids.ts';

/** Roles of a project's members, which are the roles of its Appwrite team. Highest first. */
export const ROLES = ['owner', 'editor', 'reviewer', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && (ROLES as readonly string[]).includes(value);
}

/** Whether a member with this role may write documents of this kind [STAMP-2]. */
export function mayWrite(role: Role, kind: DocumentKind): boolean {
  switch (kind) {
    case 'tree':
    case 'file':
      return role === 'owner' || role === 'editor';
    case 'review':
    case 'chat':
      return role !== 'viewer';
  }
}
