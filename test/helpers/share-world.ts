import type { Membership, SharePorts, StoredLink } from '../../functions/share/ports.ts';
import { Refusal } from '../../functions/share/refusal.ts';

export const NOW = Date.parse('2026-01-01T00:00:00.000Z');

/** Teams and the table of links, in memory; `failing` makes adding a member fail. */
export class ShareWorld {
  now = NOW;
  failing: Error | null = null;
  readonly members = new Map<string, Map<string, string[]>>();
  readonly pending = new Set<string>();
  readonly links = new Map<string, StoredLink>();
  readonly deleted = new Set<string>();
  /** What happened to memberships, in order. */
  readonly log: string[] = [];
  /** Runs before roles are set: what somebody else does at the same time. */
  meanwhile: () => void = () => undefined;
  private counter = 0;

  team(id: string, members: Record<string, string[]>): this {
    this.members.set(id, new Map(Object.entries(members)));
    return this;
  }

  readonly ports: SharePorts = {
    roles: async (project, user) => (this.pending.has(user) ? null : (this.members.get(project)?.get(user) ?? null)),
    memberships: async (project) =>
      [...(this.members.get(project) ?? [])].map(([user, roles]): Membership => {
        const isPending = this.pending.has(user);
        const email = `${user}@example.com`;
        return { id: `m-${user}`, user, name: user.toUpperCase(), email, roles, isPending, since: '2026-01-01' };
      }),
    addMember: async (project, user, role) => {
      await Promise.resolve();
      if (this.failing) throw this.failing;
      const team = this.members.get(project);
      if (!team) throw new Error('no such team');
      if (team.has(user)) return 'already-member';
      team.set(user, [role]);
      return 'added';
    },
    setRoles: async (project, membership, roles) => {
      const once = this.meanwhile;
      this.meanwhile = () => undefined;
      once();
      const user = membership.slice(2);
      this.log.push(`roles ${user} ${roles.join()}`);
      if (this.members.get(project)?.has(user) === true) this.members.get(project)?.set(user, [...roles]);
    },
    endMembership: async (project, membership) => {
      this.log.push(`end ${membership.slice(2)}`);
      this.members.get(project)?.delete(membership.slice(2));
    },
    forgetPresence: async (_project, user) => {
      this.log.push(`presence ${user}`);
    },
    storeLink: async (link) => {
      this.links.set(link.id, { ...link, uses: 0, createdAt: new Date(this.now).toISOString() });
    },
    findLink: async (hash) => [...this.links.values()].find(({ tokenHash }) => tokenHash === hash) ?? null,
    links: async (project) => [...this.links.values()].filter((link) => link.project === project).reverse(),
    deleteLink: async (id) => {
      this.links.delete(id);
    },
    takeUse: async ({ id }) => {
      const link = this.links.get(id);
      if (!link || (link.maxUses !== null && link.uses >= link.maxUses)) return false;
      this.links.set(id, { ...link, uses: link.uses + 1 });
      return true;
    },
    returnUse: async ({ id }) => {
      const link = this.links.get(id);
      if (link) this.links.set(id, { ...link, uses: link.uses - 1 });
    },
    isDeleted: async (project) => this.deleted.has(project),
    pause: async (milliseconds) => {
      this.log.push(`pause ${milliseconds}`);
    },
    now: () => this.now,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => (this.counter = (this.counter * 73 + 41) % 251)),
  };

  onlyLink(): StoredLink {
    const [link] = this.links.values();
    if (!link) throw new Error('no link was stored');
    return link;
  }

  roleOf(user: string): string | undefined {
    return this.members.get('p1')?.get(user)?.join();
  }
}

/** A project `p1` with one person of each role, and one whose role Cowrite does not know. */
export function shareWorld(): ShareWorld {
  return new ShareWorld().team('p1', {
    olga: ['owner'],
    ed: ['editor'],
    rita: ['reviewer'],
    vic: ['viewer'],
    odd: ['developer'],
  });
}

/** How a request was refused. Throws if it was not. */
export async function refusal(promise: Promise<unknown>): Promise<{ status: number; kind: string }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error('expected a refusal', { cause: error });
  return { status: error.status, kind: error.kind };
}
