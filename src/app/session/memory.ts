import { isRole, type Role } from '../../core/roles.ts';
import type { ProjectSummary, User } from './api.ts';
import type { EmptyFiles } from './file-session.ts';

/**
 * What this browser remembers so that it can start without network: who was signed in, which projects there were, the
 * role in each, and which files are empty. Display and offline rights only; the server decides what is accepted.
 */
export class Memory {
  readonly user: User | null = read('cowrite:user') as User | null;

  setUser(user: User | null): void {
    if (user === null) localStorage.removeItem('cowrite:user');
    else write('cowrite:user', user);
  }

  projects(userId: string): readonly ProjectSummary[] | null {
    const value = read(`cowrite:projects:${userId}`);
    return Array.isArray(value) ? value : null;
  }

  setProjects(userId: string, projects: readonly ProjectSummary[]): void {
    write(`cowrite:projects:${userId}`, projects);
  }

  role(userId: string, project: string): Role | null {
    const value = localStorage.getItem(`cowrite:role:${userId}:${project}`);
    return isRole(value) ? value : null;
  }

  setRole(userId: string, project: string, role: Role | null): void {
    const key = `cowrite:role:${userId}:${project}`;
    if (role === null) localStorage.removeItem(key);
    else localStorage.setItem(key, role);
  }

  emptyFiles(userId: string): EmptyFiles {
    const key = (id: string): string => `cowrite:empty:${userId}:${id}`;
    return {
      has: (id) => localStorage.getItem(key(id)) !== null,
      add: (id) => write(key(id), true),
    };
  }
}

function read(key: string): unknown {
  const text = localStorage.getItem(key);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's entry, or a damaged one: as if nothing were remembered.
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage that is full or blocked costs only the start without network; the device's status says so.
  }
}
