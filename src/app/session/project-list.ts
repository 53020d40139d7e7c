import type { ProjectRow } from '../../backend/projects.ts';
import type { Failure } from '../../core/failures.ts';
import type { ProjectSummary } from './api.ts';
import type { Memory } from './memory.ts';
import { Signal } from './signal.ts';

/** The user's projects, as the server lists them or as this browser remembers them. */
export class ProjectList {
  /** `null`: nobody is signed in, or nothing is known yet. */
  readonly projects = new Signal<readonly ProjectSummary[] | null>(null);
  readonly deleted = new Signal<readonly ProjectSummary[]>([]);
  /** Why the server's list could not be had, in a sentence. */
  readonly problem = new Signal<string | null>(null);
  private readonly memory: Memory;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** Takes what the server lists. @param user whose projects these are */
  listed(user: string, rows: readonly ProjectRow[]): void {
    this.problem.set(null);
    for (const { id, name } of rows) this.memory.setProjectName(user, id, name);
    const projects = summaries(rows.filter((project) => !project.archived));
    this.projects.set(projects);
    this.memory.setProjects(user, projects);
    this.deleted.set(summaries(rows.filter((project) => project.archived)));
  }

  /** Shows what this browser remembers. */
  remember(user: string): void {
    this.projects.set(this.memory.projects(user));
  }

  failed({ kind, message }: Failure): void {
    this.problem.set(kind === 'offline' ? 'You are offline: these are the projects of your last visit.' : message);
  }

  clear(): void {
    this.projects.set(null);
    this.deleted.set([]);
    this.problem.set(null);
  }

  nameOf(user: string, project: string): string {
    const listed = this.projects.value?.find((each) => each.id === project)?.name;
    return listed ?? this.memory.projectName(user, project) ?? 'Project';
  }
}

function summaries(projects: readonly ProjectSummary[]): readonly ProjectSummary[] {
  return projects
    .map(({ id, name, updatedAt }) => ({ id, name, updatedAt }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
