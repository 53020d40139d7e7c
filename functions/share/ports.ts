/** What the rules of sharing need from the world: `appwrite.ts` implements it by API key, tests in memory. */
import type { RandomBytes } from '../../src/core/ids.ts';
import type { LinkRole } from '../../src/core/members.ts';
import type { Role } from '../../src/core/roles.ts';

export interface Link {
  readonly id: string;
  readonly project: string;
  readonly role: LinkRole;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  /** Appwrite user id. */
  readonly createdBy: string;
  /** ISO 8601; `null`: does not expire. */
  readonly expiresAt: string | null;
  /** `null`: as often as wanted. */
  readonly maxUses: number | null;
  /** The link by which an owner lets everybody read; a project has one at most. */
  readonly isPublic: boolean;
}

/** A link as it is stored. */
export interface StoredLink extends Link {
  /** How many have become members by it. */
  readonly uses: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A membership of a project's team, invitations that nobody has accepted yet included. */
export interface Membership {
  /** Id of the membership. */
  readonly id: string;
  /** Appwrite user id. */
  readonly user: string;
  /** Of the account, which its owner can change; may be empty. */
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  /** Invited by e-mail, and has not come yet. */
  readonly isPending: boolean;
  /** ISO 8601. */
  readonly since: string;
}

export interface SharePorts {
  /** The roles of a confirmed member; `null` if the user is none or the project does not exist. */
  roles(project: string, user: string): Promise<readonly string[] | null>;
  /** All memberships of a project; none if there is no such project. */
  memberships(project: string): Promise<readonly Membership[]>;
  /** Makes the user a confirmed member; `already-member` changes nothing. */
  addMember(project: string, user: string, role: Role): Promise<'added' | 'already-member'>;
  /** Gives a member other roles. A membership that is gone meanwhile is no failure. */
  setRoles(project: string, membership: string, roles: readonly string[]): Promise<void>;
  /** Ends a membership. One that is gone meanwhile is no failure. */
  endMembership(project: string, membership: string): Promise<void>;
  /** Deletes the presence rows of a user in a project: whoever is gone could go on changing them. */
  forgetPresence(project: string, user: string): Promise<void>;
  storeLink(link: Link): Promise<void>;
  findLink(tokenHash: string): Promise<Link | null>;
  /** The links of a project, the newest first. */
  links(project: string): Promise<readonly StoredLink[]>;
  /** Deletes a link; one that is gone meanwhile is no failure. */
  deleteLink(id: string): Promise<void>;
  /** Counts one use, atomically; `false` if all uses are taken or the link is gone. */
  takeUse(link: Link): Promise<boolean>;
  /** Gives a use back that led to no member. */
  returnUse(link: Link): Promise<void>;
  /** Whether its owner has deleted the project; it can still be restored. */
  isDeleted(project: string): Promise<boolean>;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
  readonly randomBytes: RandomBytes;
}
