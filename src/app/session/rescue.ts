import { failure, success, type Outcome } from '../../core/failures.ts';
import { documentKind } from '../../core/ids.ts';
import type { OutboxEntry, UpdateLog } from '../../core/ports.ts';
import { goesByItself, rescueText, unsentReason, unsentSentence, type Access } from '../../core/rescue.ts';
import type { Role } from '../../core/roles.ts';
import type { IndexedDbDevice } from '../../store/indexeddb-device.ts';
import type { WaitingDocument } from '../../store/outbox-store.ts';
import { whileProjectIsClosed } from '../../store/project-use.ts';
import type { ProjectSession, User } from './api.ts';
import type { CopyProgress, Rescue, RescuedFile, UnsentDocument, UnsentProject } from './rescue-api.ts';
import { writeFiles } from './rescue-copy.ts';
import { readServer, RescueReader, type RescueServer } from './rescue-reader.ts';
import { storedRows } from './unsent.ts';

/** What rescuing needs of the app. */
export interface RescueOptions {
  /** `null` when nobody is signed in. */
  readonly user: () => User | null;
  readonly sessionEnded: () => boolean;
  /** A new use of this browser's storage; it is closed after each call. */
  readonly openDevice: (userId: string) => IndexedDbDevice;
  readonly log: Pick<UpdateLog, 'read' | 'list'>;
  readonly snapshots: RescueServer['snapshots'];
  /** The user's role; `forbidden` for no member, `not-found` for a deleted project, as the server answers. */
  readonly askRole: (project: string) => Promise<Outcome<Role>>;
  readonly memory: RescueMemory;
  readonly createProject: (name: string) => Promise<Outcome<string>>;
  readonly openProject: (id: string) => Promise<Outcome<ProjectSession>>;
  /** Resolves when the project is not open in this tab. */
  readonly closeProject: (id: string) => Promise<void>;
}

/** What this browser remembers of projects, also of those that the user is not in any more. */
export interface RescueMemory {
  role(userId: string, project: string): Role | null;
  projectName(userId: string, project: string): string | null;
  /** Why the server refused a row of a document for good; `null` if it did not. */
  refusal(userId: string, project: string, doc: string): string | null;
  setRefusal(userId: string, project: string, doc: string, sentence: string | null): void;
}

const NAMELESS = 'A project without a known name';
const OPEN_ELSEWHERE = 'This project is in use in another tab. Close it there, then try again.';

/** What is unsent on this device, read beside the running synchronisation without touching it [LOCAL-4]. */
export class DeviceRescue implements Rescue {
  private readonly options: RescueOptions;

  constructor(options: RescueOptions) {
    this.options = options;
  }

  list(): Promise<Outcome<readonly UnsentProject[]>> {
    return this.withDevice(async (device, user) => {
      const waiting = await device.outbox.overview();
      if (!waiting.ok) return waiting;
      const byProject = new Map<string, WaitingDocument[]>();
      for (const each of waiting.value) byProject.set(each.project, [...(byProject.get(each.project) ?? []), each]);
      const projects = [...byProject].map(([id, documents]) => this.describe(device, user, id, documents));
      const found = (await Promise.all(projects)).filter((project) => project.documents.length > 0);
      return success(found.sort((a, b) => a.name.localeCompare(b.name)));
    });
  }

  async countStuck(): Promise<number> {
    const projects = await this.list();
    if (!projects.ok) return 0;
    const stuck = projects.value.flatMap((each) => each.documents).filter(({ reason }) => !goesByItself(reason));
    return stuck.reduce((sum, { edits }) => sum + edits, 0);
  }

  async countIn(project: string): Promise<number> {
    const counted = await this.withDevice(async (device) => {
      const waiting = await device.outbox.overview();
      if (!waiting.ok) return waiting;
      const here = waiting.value.filter((each) => each.project === project);
      return success(here.reduce((sum, { rows }) => sum + rows.length, 0));
    });
    return counted.ok ? counted.value : 0;
  }

  read(project: string, doc: string): Promise<Outcome<RescuedFile>> {
    return this.withDevice(async (device, user) => {
      const reader = new RescueReader(device, this.options);
      const [access, tree] = await Promise.all([this.access(user, project), reader.tree(project)]);
      return reader.file(access, project, doc, tree);
    });
  }

  readAll(project: string, docs: readonly string[]): Promise<Outcome<readonly RescuedFile[]>> {
    return this.withDevice(async (device, user) => {
      const reader = new RescueReader(device, this.options);
      const [access, tree] = await Promise.all([this.access(user, project), reader.tree(project)]);
      return reader.files(access, project, docs, tree);
    });
  }

  copy(
    project: string,
    docs: readonly string[],
    name: string,
    progress: (progress: CopyProgress) => void,
  ): Promise<Outcome<string>> {
    return this.alone(project, async (device, user) => {
      progress({ sentence: 'Reading the files of this device', done: 0 });
      const taken = await this.take(device, project, docs);
      if (!taken.ok) return taken;
      const reader = new RescueReader(device, this.options);
      const [access, tree] = await Promise.all([this.access(user, project), reader.tree(project)]);
      const files = await reader.files(access, project, docs, tree);
      if (!files.ok) return files;
      const folders = docs.some((doc) => documentKind(doc) === 'tree') ? tree.createdFolders : [];
      const created = await this.options.createProject(name);
      if (!created.ok) return created;
      const copied = await this.fill(created.value, files.value, folders, progress);
      if (!copied.ok) {
        return failure(copied.kind, `${copied.message} The edits are still here; what was copied is in “${name}”.`);
      }
      // What could not be shown was not copied either, and comments have no place in another project.
      const complete = new Set(files.value.filter((file) => !file.incomplete).map((file) => file.doc));
      const done = [...taken.value].filter(([doc]) => complete.has(doc) || documentKind(doc) === 'tree');
      const forgotten = await this.forget(device, user, project, new Map(done));
      if (!forgotten.ok) {
        return failure(forgotten.kind, `Everything is in “${name}”, but not forgotten here: ${forgotten.message}`);
      }
      return created;
    });
  }

  discard(project: string, docs: readonly string[]): Promise<Outcome<void>> {
    return this.alone(project, async (device, user) => {
      const taken = await this.take(device, project, docs);
      return taken.ok ? this.forget(device, user, project, taken.value) : taken;
    });
  }

  private async describe(
    device: IndexedDbDevice,
    user: User,
    id: string,
    waiting: readonly WaitingDocument[],
  ): Promise<UnsentProject> {
    const { log, memory } = this.options;
    const allRows = waiting.flatMap(({ rows }) => rows);
    const [access, stored, tree] = await Promise.all([
      this.access(user, id),
      storedRows(log, allRows),
      new RescueReader(device, this.options).tree(id),
    ]);
    const documents = waiting.flatMap(({ doc, rows, largest, since }): UnsentDocument[] => {
      const edits = rows.filter((row) => !stored.has(row)).length;
      const kind = documentKind(doc);
      if (edits === 0 || kind === null) return [];
      const refusal = memory.refusal(user.id, id, doc);
      const reason = unsentReason({ doc, access, guest: user.guest, largest, refusal });
      const base = { doc, edits, since, reason, sentence: unsentSentence(reason, refusal) };
      if (kind === 'file') return [{ ...base, kind, path: tree.fileOf(doc).path }];
      if (kind !== 'tree') return [{ ...base, kind }];
      // A name in the list of people is written by itself: nobody would miss it.
      return tree.changes.length === 0 ? [] : [{ ...base, kind, changes: tree.changes }];
    });
    const name = memory.projectName(user.id, id) ?? NAMELESS;
    return { id, name, documents: documents.sort(byPath) };
  }

  private async access(user: User, project: string): Promise<Access> {
    const unknown: Access = { kind: 'unknown', role: this.options.memory.role(user.id, project) };
    if (this.options.sessionEnded()) return { kind: 'session-ended' };
    const role = await this.options.askRole(project);
    if (role.ok) return { kind: 'member', role: role.value };
    switch (role.kind) {
      case 'forbidden':
        return { kind: 'none' };
      case 'not-found':
        return { kind: 'deleted' };
      case 'unauthenticated':
        return { kind: 'session-ended' };
      case 'offline':
      case 'rate-limited':
      case 'conflict':
      case 'too-large':
      case 'rejected':
      case 'server':
        return unknown;
    }
  }

  /** The entries that are here now, by document: only these are forgotten later. */
  private async take(
    device: IndexedDbDevice,
    project: string,
    docs: readonly string[],
  ): Promise<Outcome<ReadonlyMap<string, readonly OutboxEntry[]>>> {
    const taken = new Map<string, readonly OutboxEntry[]>();
    for (const doc of docs) {
      const entries = await device.outbox.load(project, doc);
      if (!entries.ok) return entries;
      taken.set(doc, entries.value);
    }
    return success(taken);
  }

  /** Fills a new project and reads it back: what the server shows is what counts. */
  private async fill(
    id: string,
    files: readonly RescuedFile[],
    folders: readonly string[],
    progress: (progress: CopyProgress) => void,
  ): Promise<Outcome<void>> {
    const opened = await this.options.openProject(id);
    if (!opened.ok) return opened;
    try {
      const written = await writeFiles(opened.value, files, folders, progress);
      if (!written.ok) return written;
      progress({ sentence: 'Checking the copy', done: 1 });
      const access: Access = { kind: 'member', role: 'owner' };
      for (const [doc, { path, mine }] of written.value) {
        const server = await readServer(this.options, access, id, doc);
        const text = rescueText({ device: [], waiting: [], server }).mine;
        if (text !== mine) return failure('server', `The copy of “${path}” could not be checked.`);
      }
      return success(undefined);
    } finally {
      await opened.value.close();
    }
  }

  /**
   * The document goes first: if the page ends in between, the edits are still listed. The other way round, the next
   * opening would find in the document what the outbox lacks, and send it.
   */
  private async forget(
    device: IndexedDbDevice,
    user: User,
    project: string,
    taken: ReadonlyMap<string, readonly OutboxEntry[]>,
  ): Promise<Outcome<void>> {
    for (const [doc, entries] of taken) {
      const dropped = await device.dropDocument(project, doc);
      if (!dropped.ok) return dropped;
      const forgotten = await device.outbox.forget(project, entries);
      if (!forgotten.ok) return forgotten;
      this.options.memory.setRefusal(user.id, project, doc, null);
    }
    return success(undefined);
  }

  /** Runs `work` while the project is open in no tab: what is open is written again. */
  private async alone<T>(
    project: string,
    work: (device: IndexedDbDevice, user: User) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.withDevice(async (device, user) => {
      await this.options.closeProject(project);
      const done = await whileProjectIsClosed(user.id, project, () => work(device, user));
      return done ?? failure('conflict', OPEN_ELSEWHERE);
    });
  }

  private async withDevice<T>(work: (device: IndexedDbDevice, user: User) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const user = this.options.user();
    if (!user) return failure('unauthenticated', 'Sign in to see what is on this device.');
    const device = this.options.openDevice(user.id);
    try {
      return await work(device, user);
    } finally {
      await device.close();
    }
  }
}

/** Files first, by path; then what has none. */
function byPath(a: UnsentDocument, b: UnsentDocument): number {
  if (a.kind === 'file' && b.kind === 'file') return a.path < b.path ? -1 : 1;
  return Number(b.kind === 'file') - Number(a.kind === 'file');
}
