/**
 * What the schedule of `share` clears away: projects whose owner deleted them long ago, presence rows that crashed tabs left
 * behind, and links that stopped working long ago. It may be stopped anywhere and run twice.
 *
 * A project goes in an order in which a crash leaves nothing that nobody finds again: first its team, so that nobody can
 * write or restore any more, then what it has stored, last the row that says that it was deleted.
 */

import { DELETED_KEPT_MS } from '../../src/core/deletion.ts';

const DAY_MS = 86_400_000;
/** Replicas write their presence every few seconds as long as they live. */
export const PRESENCE_KEPT_MS = DAY_MS;
/** Expired links are shown for so long as expired. */
export const EXPIRED_KEPT_MS = 30 * DAY_MS;

const PROJECTS_AT_ONCE = 20;

export interface DeletedProject {
  readonly id: string;
  /** Of its row. */
  readonly permissions: readonly string[];
}

export interface SweepPorts {
  /** Projects that were deleted before a moment (ISO 8601), at most so many. */
  deletedBefore(moment: string, count: number): Promise<readonly DeletedProject[]>;
  /** Deletes the team; one that is gone already is no failure. */
  deleteTeam(project: string): Promise<void>;
  /** Deletes a part of what the project has stored; says whether anything may be left. */
  deleteSome(project: string): Promise<boolean>;
  /** Deletes the row of the project. */
  deleteRow(project: string): Promise<void>;
  /** Deletes some presence rows that were not written since a moment; returns how many. */
  deletePresence(before: string): Promise<number>;
  /** Deletes some links that expired before a moment; returns how many. */
  deleteLinks(before: string): Promise<number>;
}

export interface SweepReport {
  readonly projects: number;
  readonly presence: number;
  readonly links: number;
  /** Stopped before everything was done; the next run goes on. */
  readonly more: boolean;
}

/** @param isOver whether there is no time left; asked between two steps */
export async function sweep(ports: SweepPorts, now: number, isOver: () => boolean): Promise<SweepReport> {
  const before = (age: number): string => new Date(now - age).toISOString();
  const presence = await repeat(() => ports.deletePresence(before(PRESENCE_KEPT_MS)), isOver);
  const links = await repeat(() => ports.deleteLinks(before(EXPIRED_KEPT_MS)), isOver);
  let projects = 0;
  while (!isOver()) {
    const found = await ports.deletedBefore(before(DELETED_KEPT_MS), PROJECTS_AT_ONCE);
    if (found.length === 0) return { projects, presence, links, more: false };
    for (const project of found) {
      if (isOver() || !(await sweepProject(ports, project, isOver))) {
        return { projects, presence, links, more: true };
      }
      projects++;
    }
  }
  return { projects, presence, links, more: true };
}

/** Whether nothing is left of it. */
async function sweepProject(
  ports: SweepPorts,
  { id, permissions }: DeletedProject,
  isOver: () => boolean,
): Promise<boolean> {
  // Everybody signed in can create a row that says that a project is deleted. Only who is an owner could grant this.
  if (permissions.includes(`update("team:${id}/owner")`)) {
    await ports.deleteTeam(id);
    while (await ports.deleteSome(id)) if (isOver()) return false;
  }
  await ports.deleteRow(id);
  return true;
}

async function repeat(deleteSome: () => Promise<number>, isOver: () => boolean): Promise<number> {
  let all = 0;
  while (!isOver()) {
    const count = await deleteSome();
    if (count === 0) break;
    all += count;
  }
  return all;
}
