import type { AccountUser } from '../../backend/account.ts';
import { createWebBackend, type WebBackend } from '../../backend/web.ts';
import { sumSnapshots } from '../../core/compaction/storage.ts';
import { failure, isPassing, success, type Outcome } from '../../core/failures.ts';
import { NODE_ID_LENGTH, randomId } from '../../core/ids.ts';
import type { ProjectInfo } from '../../core/ports.ts';
import type { Role } from '../../core/roles.ts';
import { IndexedDbDevice, requestPersistence } from '../../store/indexeddb-device.ts';
import { useProject } from '../../store/project-use.ts';
import { HistoryStore } from '../../store/history-store.ts';
import { BroadcastTabs } from '../../store/tab-channel.ts';
import { backoffDelay } from '../../sync/backoff.ts';
import type { AccountState, App, Observable, ProjectSession, ProjectSummary, User } from './api.ts';
import { AccessWatch } from './access.ts';
import type { AccountSettings } from './account-api.ts';
import { OwnAccount } from './account-settings.ts';
import { loadConfig, type AppConfig } from './config.ts';
import { forgetUser } from './forget-user.ts';
import { WorkerDesk } from './history/desk.ts';
import { Memory } from './memory.ts';
import { OpenProject } from './project.ts';
import { watchPage } from './page-watch.ts';
import { ProjectList } from './project-list.ts';
import type { Rescue } from './rescue-api.ts';
import { DeviceRescue } from './rescue.ts';
import type { Sharing } from './share-api.ts';
import { ProjectSharing } from './sharing.ts';
import { Signal } from './signal.ts';
import { systemClock } from './system-clock.ts';
import { countAllUnsent } from './unsent.ts';
import { toUser } from './user.ts';

/** Builds the app on the server that its configuration names. Rejects only if there is no configuration at all. */
export async function openApp(): Promise<App> {
  const config = await loadConfig();
  return new WebApp(config, createWebBackend(config.endpoint, config.project, randomBytes));
}

const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

class WebApp implements App {
  readonly account = new Signal<AccountState>({ kind: 'unknown' });
  readonly projects: Observable<readonly ProjectSummary[] | null>;
  readonly deletedProjects: Observable<readonly ProjectSummary[]>;
  readonly projectsProblem: Observable<string | null>;
  readonly demo: AppConfig['demo'];
  readonly rescue: Rescue;
  readonly sharing: Sharing;
  readonly settings: AccountSettings;
  private readonly profile: AppConfig['profile'];
  private readonly backend: WebBackend;
  private readonly memory = new Memory();
  private readonly list = new ProjectList(this.memory);
  private readonly open = new Set<OpenProject>();

  constructor(config: AppConfig, backend: WebBackend) {
    this.projects = this.list.projects;
    this.deletedProjects = this.list.deleted;
    this.projectsProblem = this.list.problem;
    this.demo = config.demo;
    this.profile = config.profile;
    this.backend = backend;
    this.sharing = new ProjectSharing({
      backend: backend.sharing,
      invitations: backend.invitations,
      byMail: config.mail,
      roleChanged: (project, role) => this.ownRoleChanged(project, role),
    });
    this.settings = new OwnAccount({
      backend: backend.account,
      invitations: backend.invitations,
      ways: config.signIn,
      userChanged: (user) => this.signedIn(toUser(user)),
    });
    this.rescue = new DeviceRescue({
      user: () => this.user,
      sessionEnded: () => this.account.value.kind === 'session-ended',
      openDevice: (userId) => new IndexedDbDevice(userId, randomId(randomBytes)),
      log: backend.log,
      snapshots: backend.snapshots,
      askRole: (project) => (this.user ? this.askRole(this.user, project) : backend.sharing.role(project)),
      memory: this.memory,
      createProject: (name) => this.createProject(name),
      openProject: (id) => this.openProject(id),
      closeProject: (id) => this.closeProject(id),
    });
    // Whoever was signed in last is taken to be, until the server says otherwise: nothing waits for the network.
    // Where nobody was, there is no session to ask for.
    if (this.memory.user) {
      this.signedIn(this.memory.user);
      this.checkSession().catch(report);
    } else this.signedOut();
    watchPage(this.open);
  }

  async signUp(name: string, email: string, password: string): Promise<Outcome<void>> {
    return this.enter(await this.backend.account.signUp(name, email, password));
  }

  async signIn(email: string, password: string): Promise<Outcome<void>> {
    return this.enter(await this.backend.account.signIn(email, password));
  }

  async continueAsGuest(name: string): Promise<Outcome<void>> {
    const { account } = this.backend;
    const started = await account.continueAsGuest(name);
    if (started.ok || isPassing(started.kind)) return this.enter(started);
    // A browser that has a session already gets no second one, although this page knew nothing of it.
    const current = await account.current();
    return this.enter(current.ok ? current : started);
  }

  async rename(name: string): Promise<Outcome<void>> {
    return this.enter(await this.backend.account.rename(name));
  }

  async unsentEdits(): Promise<number> {
    const { user } = this;
    if (!user) return 0;
    const pending = new Map([...this.open].map((project) => [project.id, project.status.value.pending]));
    const device = new IndexedDbDevice(user.id, randomId(randomBytes));
    try {
      return await countAllUnsent(device.outbox, this.backend.log, pending);
    } finally {
      await device.close();
    }
  }

  async signOut(): Promise<Outcome<void>> {
    const { user } = this;
    // A session that has ended is not ended again: by now the browser may have that of somebody else.
    if (this.account.value.kind !== 'session-ended') {
      const ended = await this.backend.account.signOut();
      if (!ended.ok && ended.kind !== 'unauthenticated') return ended;
    }
    await Promise.all([...this.open].map((project) => project.close()));
    this.signedOut();
    if (user?.guest === true) forgetUser(user.id).catch(report);
    return success(undefined);
  }

  roleIn(project: string): Role | null {
    return this.user && this.memory.role(this.user.id, project);
  }

  async refreshProjects(): Promise<void> {
    const { user } = this;
    // To nobody the server shows no projects, which would be mistaken for the user's.
    if (!user || this.account.value.kind === 'session-ended') return;
    const found = await this.backend.projects.list();
    if (this.user?.id !== user.id) return;
    if (!found.ok) {
      this.list.failed(found);
      return;
    }
    for (const row of found.value) {
      this.heardOf(row.id, { deleted: row.archived, by: row.archivedBy, at: row.updatedAt });
    }
    this.list.listed(user.id, found.value);
  }

  async createProject(name: string): Promise<Outcome<string>> {
    const id = randomId(randomBytes, NODE_ID_LENGTH);
    const created = await this.backend.projects.create(id, name);
    if (!created.ok) return created;
    if (this.user) this.memory.setRole(this.user.id, id, 'owner');
    await this.refreshProjects();
    return success(id);
  }

  async renameProject(id: string, name: string): Promise<Outcome<void>> {
    return this.andRefresh(await this.backend.projects.rename(id, name));
  }

  async deleteProject(id: string): Promise<Outcome<void>> {
    return this.andRefresh(await this.backend.projects.archive(id, true, this.user?.id ?? null));
  }

  async restoreProject(id: string): Promise<Outcome<void>> {
    return this.andRefresh(await this.backend.projects.archive(id, false));
  }

  async join(token: string): Promise<Outcome<{ project: string; role: Role }>> {
    const joined = await this.backend.sharing.join(token);
    if (joined.ok && this.user) {
      this.memory.setRole(this.user.id, joined.value.project, joined.value.role);
      await this.refreshProjects();
    }
    return joined;
  }

  async openProject(id: string): Promise<Outcome<ProjectSession>> {
    const { user } = this;
    if (!user) return failure('unauthenticated', 'Sign in to open this project.');
    const known = this.memory.role(user.id, id);
    const role = known === null ? await this.askRole(user, id) : success(known);
    if (!role.ok) return role;

    const roleSignal = new Signal(role.value);
    const name = new Signal(this.list.nameOf(user.id, id));
    const unsubscribe = this.projects.subscribe(() => name.set(this.list.nameOf(user.id, id)));
    const device = new IndexedDbDevice(user.id, randomId(randomBytes));
    const endUse = useProject(user.id, id);
    const tabs = new BroadcastTabs(user.id, id);
    const access = new AccessWatch({
      user: user.id,
      role: roleSignal,
      ask: () => this.askRole(user, id),
      deny: (reason) => project.deny(reason),
      deleted: () => {
        this.heardOf(id, { deleted: true });
        this.refreshProjects().catch(report);
      },
      retry: () => project.retry(),
      now: () => Date.now(),
      report,
    });
    const histories = new HistoryStore(`cowrite:${user.id}:history`);
    const project: OpenProject = new OpenProject({
      user,
      role: roleSignal,
      access,
      name,
      emptyFiles: this.memory.emptyFiles(user.id),
      deletion: this.memory.deletion(user.id, id),
      purgeHistory: (doc, before) => this.backend.purgeHistory(id, doc, before),
      storage: async () => {
        const [sizes, log] = await Promise.all([this.backend.segments.sizes(id), this.backend.logRows(id)]);
        if (!sizes.ok) return sizes;
        return log.ok ? success({ snapshots: sumSnapshots(sizes.value), log: log.value }) : log;
      },
      history: {
        snapshots: this.backend.segments,
        store: histories,
        desk: new WorkerDesk(startHistoryWorker),
        recentWork: (since) => this.backend.recentWork(id, since),
      },
      environment: {
        project: id,
        profile: this.profile,
        log: this.backend.log,
        snapshots: this.backend.snapshots,
        feed: this.backend.newFeed((attempt) => backoffDelay(attempt, Math.random())),
        presence: this.backend.presenceOf(() => user.id),
        device,
        tabs,
        clock: systemClock,
        randomBytes,
        random: Math.random,
        projectChanged: (info) => {
          this.heardOf(id, info);
          this.refreshProjects().catch(report);
        },
        checkProject: () => {
          this.refreshProjects().catch(report);
        },
        membersChanged: (change) => access.heard(change),
        refused: (doc, sentence) => this.memory.setRefusal(user.id, id, doc, sentence),
        report,
      },
      onClose: async () => {
        this.open.delete(project);
        unsubscribe();
        for (const undo of unwatch) undo();
        access.close();
        tabs.close();
        await histories.close();
        await device.close();
        endUse();
      },
    });
    this.open.add(project);
    const unwatch = [this.watchStatus(project), access.watch(project.status)];
    // A role may have changed since it was known here; an answer that cannot be had now changes nothing.
    if (known !== null) access.ask();
    requestPersistence().catch(report);
    return success(project);
  }

  /** Whether a project is deleted, from its row: open ones act on it, and it is remembered for the next start. */
  private heardOf(id: string, info: Omit<ProjectInfo, 'name'>): void {
    const { user } = this;
    if (!user) return;
    const open = [...this.open].filter((project) => project.id === id);
    for (const project of open) project.heardOf(info);
    const [first] = open;
    const at = info.at === undefined ? null : Date.parse(info.at);
    const heard = info.deleted ? { by: info.by ?? null, at } : null;
    this.memory.setDeletion(user.id, id, first === undefined ? heard : first.deletion.value);
  }

  private get user(): User | null {
    const account = this.account.value;
    return account.kind === 'signed-in' || account.kind === 'session-ended' ? account.user : null;
  }

  private async askRole(user: User, project: string): Promise<Outcome<Role>> {
    const role = await this.backend.sharing.role(project);
    if (role.ok) this.memory.setRole(user.id, project, role.value);
    if (role.ok || role.kind !== 'forbidden') return role;
    // To nobody Appwrite says the same as to somebody without the right.
    const current = await this.backend.account.current();
    if (!current.ok && current.kind === 'unauthenticated') return current;
    this.memory.setRole(user.id, project, null);
    return role;
  }

  /** The user has changed an own role, or has left. */
  private ownRoleChanged(project: string, role: Role | null): void {
    if (!this.user) return;
    this.memory.setRole(this.user.id, project, role);
    if (role === null) this.refreshProjects().catch(report);
    for (const open of this.open) if (open.id === project && role !== null) open.role.set(role);
  }

  private async checkSession(): Promise<void> {
    const before = this.user;
    const current = await this.backend.account.current();
    if (this.user?.id !== before?.id) return;
    if (!current.ok) {
      if (current.kind === 'unauthenticated') this.sessionEnded();
    } else if (current.value.id === before?.id || this.open.size === 0) this.signedIn(toUser(current.value));
    // Somebody else has signed in in another tab: what is open here cannot be sent in their name.
    else this.sessionEnded();
  }

  /** A project that cannot reach the server may have lost its session; returns the undo. */
  private watchStatus(project: OpenProject): () => void {
    let last = project.status.value.status;
    return project.status.subscribe(({ status }) => {
      if (status === last) return;
      last = status;
      if (status === 'failed' || status === 'offline') this.checkSession().catch(report);
    });
  }

  private async closeProject(id: string): Promise<void> {
    await Promise.all([...this.open].filter((project) => project.id === id).map((project) => project.close()));
  }

  private async andRefresh(outcome: Outcome<void>): Promise<Outcome<void>> {
    if (outcome.ok) await this.refreshProjects();
    return outcome;
  }

  private enter(outcome: Outcome<AccountUser>): Outcome<void> {
    if (!outcome.ok) return outcome;
    this.signedIn(toUser(outcome.value));
    return success(undefined);
  }

  private signedIn(user: User): void {
    const before = this.user;
    const renewed = this.account.value.kind === 'session-ended';
    this.memory.setUser(user);
    if (before?.id !== user.id) this.list.remember(user.id);
    if (renewed || JSON.stringify(before) !== JSON.stringify(user)) this.account.set({ kind: 'signed-in', user });
    for (const project of this.open) {
      if (project.user.id === user.id) project.setUser(user);
      if (renewed) project.retry();
    }
    this.refreshProjects().catch(report);
  }

  /** The server knows no session: open projects keep their edits, and whoever has none open is asked to sign in. */
  private sessionEnded(): void {
    const { user } = this;
    if (!user) this.signedOut();
    else if (this.open.size === 0) this.leaveEnded(user).catch(report);
    else if (this.account.value.kind !== 'session-ended') {
      for (const project of this.open) project.deny('Your session has ended. Sign in again and go on.');
      this.account.set({ kind: 'session-ended', user });
    }
  }

  /** Guests cannot come back for what they have not sent: they stay until they have decided about it. */
  private async leaveEnded(user: User): Promise<void> {
    const kept = user.guest && (await this.unsentEdits()) > 0;
    if (this.user?.id !== user.id) return;
    if (kept) this.account.set({ kind: 'session-ended', user });
    else this.signedOut();
  }

  private signedOut(): void {
    this.memory.setUser(null);
    this.list.clear();
    this.account.set({ kind: 'signed-out' });
  }
}

// Vite finds workers by this form, word for word.
function startHistoryWorker(): Worker {
  return new Worker(new URL('./history/worker.ts', import.meta.url), { type: 'module' });
}

/** Background work that failed in an unforeseen way: nobody waits for it, but it must not vanish. */
function report(error: unknown): void {
  console.error(error);
}
