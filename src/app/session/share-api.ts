/** Who is in a project and who may come: for members, as the Function `share` tells and does it. */
import type { Outcome } from '../../core/failures.ts';
import type { LinkRole, Member, NewLink, ShareLink } from '../../core/members.ts';
import type { Role } from '../../core/roles.ts';

export interface MemberList {
  /** The user's own role. */
  readonly role: Role;
  readonly members: readonly Member[];
}

/** Everything here needs the server. What a role may not do is refused with `forbidden` and a sentence. */
export interface Sharing {
  /** Whether the server sends invitations by e-mail. */
  readonly byMail: boolean;
  /** For every member. */
  members(project: string): Promise<Outcome<MemberList>>;
  /** For owners; so are the next two. */
  changeRole(project: string, member: string, role: Role): Promise<Outcome<void>>;
  removeMember(project: string, member: string): Promise<Outcome<void>>;
  /** Makes another member the owner, and the user an editor. */
  handOver(project: string, member: string): Promise<Outcome<void>>;
  /** For everybody but the last owner. */
  leave(project: string): Promise<Outcome<void>>;
  /** The newest first; for owners and editors. */
  links(project: string): Promise<Outcome<readonly ShareLink[]>>;
  /** Resolves to the address of the link, which cannot be read again. For owners and editors. */
  createLink(project: string, link: NewLink): Promise<Outcome<{ id: string; address: string }>>;
  /** For owners, and for editors with links of their own. */
  revokeLink(project: string, link: string): Promise<Outcome<void>>;
  /** Sends an invitation by e-mail; for owners. */
  invite(project: string, email: string, role: LinkRole): Promise<Outcome<void>>;
}
