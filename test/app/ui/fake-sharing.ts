import type { AccountSettings, DeviceSession, SignInWays } from '../../../src/app/session/account-api.ts';
import type { MemberList, Sharing } from '../../../src/app/session/share-api.ts';
import { success, type Outcome } from '../../../src/core/failures.ts';
import type { LinkRole, Member, NewLink, ShareLink } from '../../../src/core/members.ts';
import type { Role } from '../../../src/core/roles.ts';

export function member(id: string, role: Role | null, name = id): Member {
  return { id, name, role, isPending: false, email: '', since: '2026-01-01T00:00:00.000Z' };
}

export function shareLink(id: string, fields: Partial<ShareLink> = {}): ShareLink {
  return {
    id,
    role: 'editor',
    isPublic: false,
    state: 'active',
    createdBy: 'ana',
    createdByName: 'Ana Silva',
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: null,
    uses: 0,
    maxUses: null,
    ...fields,
  };
}

/** Members and links in memory; `problem` is what every call answers, `null`: it works. */
export class FakeSharing implements Sharing {
  byMail = false;
  role: Role = 'owner';
  people: Member[] = [member('ana', 'owner', 'Ana Silva')];
  all: ShareLink[] = [];
  problem: Outcome<never> | null = null;
  /** What only reading the list answers. */
  listProblem: Outcome<never> | null = null;
  readonly calls: string[] = [];

  members(_project: string): Promise<Outcome<MemberList>> {
    return Promise.resolve(this.listProblem ?? success({ role: this.role, members: this.people }));
  }

  changeRole(_project: string, id: string, role: Role): Promise<Outcome<void>> {
    return this.answer(`changeRole ${id} ${role}`, () => {
      this.people = this.people.map((person) => (person.id === id ? { ...person, role } : person));
    });
  }

  removeMember(_project: string, id: string): Promise<Outcome<void>> {
    return this.answer(`removeMember ${id}`, () => {
      this.people = this.people.filter((person) => person.id !== id);
    });
  }

  handOver(_project: string, id: string): Promise<Outcome<void>> {
    return this.answer(`handOver ${id}`);
  }

  leave(_project: string): Promise<Outcome<void>> {
    return this.answer('leave');
  }

  links(_project: string): Promise<Outcome<readonly ShareLink[]>> {
    return Promise.resolve(this.listProblem ?? success(this.all));
  }

  async createLink(_project: string, link: NewLink): Promise<Outcome<{ id: string; address: string }>> {
    const id = `link${this.all.length + 1}`;
    const done = await this.answer(`createLink ${JSON.stringify(link)}`, () => {
      const { role, maxUses, isPublic } = link;
      this.all = [shareLink(id, { role, maxUses, isPublic }), ...this.all];
    });
    return done.ok ? success({ id, address: `${location.origin}/join/secret-token` }) : done;
  }

  revokeLink(_project: string, id: string): Promise<Outcome<void>> {
    return this.answer(`revokeLink ${id}`, () => {
      this.all = this.all.filter((link) => link.id !== id);
    });
  }

  invite(_project: string, email: string, role: LinkRole): Promise<Outcome<void>> {
    return this.answer(`invite ${email} ${role}`);
  }

  private answer(call: string, change: () => void = () => undefined): Promise<Outcome<void>> {
    this.calls.push(call);
    if (this.problem === null) change();
    return Promise.resolve(this.problem ?? success(undefined));
  }
}

/** An account whose answers are what the test sets. */
export class FakeSettings implements AccountSettings {
  ways: SignInWays = { magicLink: false, oauth: [] };
  problem: Outcome<never> | null = null;
  devices: DeviceSession[] = [
    { id: 's1', isCurrent: true, since: '2026-01-02T00:00:00.000Z', device: 'Chrome on Linux', place: '127.0.0.1' },
  ];
  readonly calls: string[] = [];

  setColor(color: string | null): Promise<Outcome<void>> {
    return this.answer(`setColor ${color}`);
  }

  becomeAccount(email: string, password: string): Promise<Outcome<void>> {
    return this.answer(`becomeAccount ${email} ${password}`);
  }

  changePassword(password: string, before: string): Promise<Outcome<void>> {
    return this.answer(`changePassword ${password} ${before}`);
  }

  sessions(): Promise<Outcome<readonly DeviceSession[]>> {
    return Promise.resolve(this.problem ?? success(this.devices));
  }

  endSession(id: string): Promise<Outcome<void>> {
    this.devices = this.devices.filter((device) => device.id !== id);
    return this.answer(`endSession ${id}`);
  }

  endOtherSessions(): Promise<Outcome<void>> {
    this.devices = this.devices.filter(({ isCurrent }) => isCurrent);
    return this.answer('endOtherSessions');
  }

  sendMagicLink(email: string): Promise<Outcome<void>> {
    return this.answer(`sendMagicLink ${email}`);
  }

  enterWith(provider: string): void {
    this.calls.push(`enterWith ${provider}`);
  }

  enter(user: string, secret: string): Promise<Outcome<void>> {
    return this.answer(`enter ${user} ${secret}`);
  }

  acceptInvitation({ project }: { readonly project: string }): Promise<Outcome<void>> {
    return this.answer(`acceptInvitation ${project}`);
  }

  private answer(call: string): Promise<Outcome<void>> {
    this.calls.push(call);
    return Promise.resolve(this.problem ?? success(undefined));
  }
}
