import { success, type Outcome } from '../failures.ts';

/** A file that no snapshot names is left alone this long: longer than any compaction can take. */
export const ORPHAN_AGE_MS = 3_600_000;

/** What a project leaves behind is kept this long after it was first missed. */
export const GONE_GRACE_MS = 30 * 86_400_000;

/** How often sweeps look for what was left behind. */
export const TIDY_EVERY_MS = 86_400_000;

const BLOBS_AT_ONCE = 100;

/** A file that was written for a snapshot. */
export interface WrittenBlob {
  readonly id: string;
  /** The row id of the snapshot. */
  readonly snapshot: string;
  /** Whose members may read it; `null`: nobody may. */
  readonly project: string | null;
}

export interface HousekeepingStore {
  /** When `tidy` was begun last (epoch milliseconds, the server's clock); `null`: never. */
  tidiedAt(): Promise<Outcome<number | null>>;
  /** Notes that it is begun now. */
  noteTidied(): Promise<Outcome<void>>;
  /** Files that nobody has looked after since they were written, created before a moment (ISO 8601); the first are skipped. */
  newBlobs(before: string, count: number, skip: number): Promise<Outcome<readonly WrittenBlob[]>>;
  /** The files that a snapshot's row names; `null` if there is no such row. */
  blobsOf(snapshot: string): Promise<Outcome<readonly string[] | null>>;
  /** Marks a file as looked after. */
  keepBlob(blob: WrittenBlob): Promise<Outcome<void>>;
  deleteBlob(id: string): Promise<Outcome<void>>;
  /** The first project after this one of which anything is stored; `null` after the last. */
  nextProject(after: string | null): Promise<Outcome<string | null>>;
  /** Whether the project's team exists. */
  exists(project: string): Promise<Outcome<boolean>>;
  /** Since when (epoch milliseconds) a project is noted as gone; `null`: it is not. */
  goneSince(project: string): Promise<Outcome<number | null>>;
  noteGone(project: string): Promise<Outcome<void>>;
  forgetGone(project: string): Promise<Outcome<void>>;
  /** Deletes a part of what a project has left behind; says whether anything may be left. */
  deleteSome(project: string): Promise<Outcome<boolean>>;
}

export interface HousekeepingReport {
  readonly orphans: number;
  readonly projects: number;
}

/**
 * `tidy`, unless it was begun within the last 24 hours: whatever the time of day, so that a server which runs for a few
 * hours a day is tidied as well. It is noted at its beginning: what fails or takes long is not tried each five minutes.
 */
export async function tidyDaily(
  store: HousekeepingStore,
  now: number,
  isOver: () => boolean,
): Promise<Outcome<HousekeepingReport | null>> {
  const last = await store.tidiedAt();
  if (!last.ok) return last;
  if (last.value !== null && now - last.value < TIDY_EVERY_MS) return success(null);
  const noted = await store.noteTidied();
  return noted.ok ? tidy(store, now, isOver) : noted;
}

/** Removes what crashed compactions and vanished projects have left behind. May be stopped anywhere and run twice. */
export async function tidy(
  store: HousekeepingStore,
  now: number,
  isOver: () => boolean,
): Promise<Outcome<HousekeepingReport>> {
  const orphans = await deleteOrphans(store, new Date(now - ORPHAN_AGE_MS).toISOString(), isOver);
  if (!orphans.ok) return orphans;
  const projects = await deleteVanished(store, now, isOver);
  return projects.ok ? success({ orphans: orphans.value, projects: projects.value }) : projects;
}

/**
 * What a crashed run wrote for a generation is of no use once another run has written that generation. Until then it is
 * kept: should the row of the generation have been lost, its files are all that is left of it, and only the doctor can tell.
 */
async function deleteOrphans(
  store: HousekeepingStore,
  before: string,
  isOver: () => boolean,
): Promise<Outcome<number>> {
  let deleted = 0;
  let left = 0;
  while (!isOver()) {
    const found = await store.newBlobs(before, BLOBS_AT_ONCE, left);
    if (!found.ok) return found;
    for (const blob of found.value) {
      const fate = await fateOf(store, blob);
      if (!fate.ok) return fate;
      if (fate.value === 'leave') {
        left++;
        continue;
      }
      const done = fate.value === 'keep' ? await store.keepBlob(blob) : await store.deleteBlob(blob.id);
      if (!done.ok) return done;
      if (fate.value === 'delete') deleted++;
    }
    if (found.value.length < BLOBS_AT_ONCE) break;
  }
  return success(deleted);
}

async function fateOf(
  store: HousekeepingStore,
  { id, snapshot, project }: WrittenBlob,
): Promise<Outcome<'keep' | 'leave' | 'delete'>> {
  const named = await store.blobsOf(snapshot);
  if (!named.ok) return named;
  if (named.value !== null) return success(named.value.includes(id) ? 'keep' : 'delete');
  const exists = project === null ? success(false) : await store.exists(project);
  return exists.ok ? success(exists.value ? 'leave' : 'delete') : exists;
}

async function deleteVanished(store: HousekeepingStore, now: number, isOver: () => boolean): Promise<Outcome<number>> {
  let deleted = 0;
  let project: string | null = null;
  while (!isOver()) {
    const next: Outcome<string | null> = await store.nextProject(project);
    if (!next.ok) return next;
    project = next.value;
    if (project === null) break;
    const exists = await store.exists(project);
    if (!exists.ok) return exists;
    const since = await store.goneSince(project);
    if (!since.ok) return since;
    if (exists.value) {
      // It was there again, as after a backup: the time of grace begins anew the next time.
      if (since.value !== null) await store.forgetGone(project);
      continue;
    }
    if (since.value === null) {
      const noted = await store.noteGone(project);
      if (!noted.ok) return noted;
    } else if (now - since.value >= GONE_GRACE_MS) {
      const done = await deleteAll(store, project, isOver);
      if (!done.ok) return done;
      if (done.value) deleted++;
    }
  }
  return success(deleted);
}

/** Whether nothing is left. */
async function deleteAll(store: HousekeepingStore, project: string, isOver: () => boolean): Promise<Outcome<boolean>> {
  for (;;) {
    if (isOver()) return success(false);
    const rest = await store.deleteSome(project);
    if (!rest.ok) return rest;
    if (!rest.value) break;
  }
  const forgotten = await store.forgetGone(project);
  return forgotten.ok ? success(true) : forgotten;
}
