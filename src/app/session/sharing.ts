import type { AppwriteInvitations } from '../../backend/invitations.ts';
import type { AppwriteSharing } from '../../backend/sharing.ts';
import { success, type Outcome } from '../../core/failures.ts';
import type { LinkRole, NewLink, ShareLink } from '../../core/members.ts';
import type { Role } from '../../core/roles.ts';
import type { MemberList, Sharing } from './share-api.ts';

export interface ProjectSharingOptions {
  readonly backend: AppwriteSharing;
  readonly invitations: AppwriteInvitations;
  readonly byMail: boolean;
  /** The user's own role in a project has changed; `null`: the user is in it no more. */
  readonly roleChanged: (project: string, role: Role | null) => void;
}

/** Members and links of projects, with addresses that people can open. */
export class ProjectSharing implements Sharing {
  readonly byMail: boolean;
  private readonly options: ProjectSharingOptions;

  constructor(options: ProjectSharingOptions) {
    this.options = options;
    this.byMail = options.byMail;
  }

  members(project: string): Promise<Outcome<MemberList>> {
    return this.options.backend.members(project);
  }

  changeRole(project: string, member: string, role: Role): Promise<Outcome<void>> {
    return this.options.backend.changeRole(project, member, role);
  }

  removeMember(project: string, member: string): Promise<Outcome<void>> {
    return this.options.backend.removeMember(project, member);
  }

  async handOver(project: string, member: string): Promise<Outcome<void>> {
    const done = await this.options.backend.handOver(project, member);
    if (!done.ok) return done;
    this.options.roleChanged(project, done.value);
    return success(undefined);
  }

  async leave(project: string): Promise<Outcome<void>> {
    const left = await this.options.backend.leave(project);
    if (left.ok) this.options.roleChanged(project, null);
    return left;
  }

  links(project: string): Promise<Outcome<readonly ShareLink[]>> {
    return this.options.backend.links(project);
  }

  async createLink(project: string, link: NewLink): Promise<Outcome<{ id: string; address: string }>> {
    const made = await this.options.backend.createLink(project, link);
    if (!made.ok) return made;
    const { id, token } = made.value;
    return success({ id, address: new URL(`/join/${token}`, location.origin).href });
  }

  revokeLink(project: string, link: string): Promise<Outcome<void>> {
    return this.options.backend.revokeLink(project, link);
  }

  invite(project: string, email: string, role: LinkRole): Promise<Outcome<void>> {
    return this.options.invitations.send(project, email, role, new URL('/invitation', location.origin).href);
  }
}
