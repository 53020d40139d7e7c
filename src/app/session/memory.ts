import type { Deletion } from '../../core/deletion.ts';
import { shownName } from '../../core/names.ts';
import { isRole, type Role } from '../../core/roles.ts';
import type { ProjectSummary, User } from './api.ts';
import type { EmptyFiles } from './file-session.ts';

/**
 * What this browser remembers so that it can start without network: who was signed in, which projects there were, the
 * name of and the role in each, which files are empty, and what the server refused. Display and offline rights only;
 * the server decides what is accepted.
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

  /** The last known name of a project, also of one that is not in the list any more. */
  projectName(userId: string, project: string): string | null {
    const name = read(`cowrite:name:${userId}:${project}`);
    if (typeof name === 'string') return shownName(name);
    return this.projects(userId)?.find(({ id }) => id === project)?.name ?? null;
  }

  setProjectName(userId: string, project: string, name: string): void {
    const key = `cowrite:name:${userId}:${project}`;
    if (read(key) !== name) write(key, name);
  }

  /** That a project is deleted, as it was known last; `null`: it is not. */
  deletion(userId: string, project: string): Deletion | null {
    const value = read(`cowrite:deleted:${userId}:${project}`);
    if (typeof value !== 'object' || value === null) return null;
    const { by, at } = value as Record<string, unknown>;
    return { by: typeof by === 'string' ? by : null, at: typeof at === 'number' ? at : null };
  }

  setDeletion(userId: string, project: string, deletion: Deletion | null): void {
    const key = `cowrite:deleted:${userId}:${project}`;
    if (deletion === null) localStorage.removeItem(key);
    else write(key, deletion);
  }

  /** Why the server refused a row of a document for good, as a sentence; `null` if it did not. */
  refusal(userId: string, project: string, doc: string): string | null {
    const sentence = read(`cowrite:refused:${userId}:${project}:${doc}`);
    return typeof sentence === 'string' ? sentence : null;
  }

  setRefusal(userId: string, project: string, doc: string, sentence: string | null): void {
    const key = `cowrite:refused:${userId}:${project}:${doc}`;
    if (sentence === null) localStorage.removeItem(key);
    else write(key, sentence);
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
