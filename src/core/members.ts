/** Who is in a project, and the links that lead into it, as the Function `share` tells members. */
import type { Role } from './roles.ts';

export interface Member {
  /** Appwrite user id. */
  readonly id: string;
  /** Of the account; may be empty. */
  readonly name: string;
  /** `null`: none that Cowrite knows. Such a member can read and do nothing else. */
  readonly role: Role | null;
  /** Invited by e-mail, and has not come yet. */
  readonly isPending: boolean;
  /** Where the invitation went, for owners; empty for everybody who is here. */
  readonly email: string;
  /** ISO 8601. */
  readonly since: string;
}

export type LinkRole = Exclude<Role, 'owner'>;

/** What a link is worth now. `dead`: who made it may not share the project any more. */
export type LinkState = 'active' | 'expired' | 'used-up' | 'dead';

/** A link as members see it: without what would let somebody in. */
export interface ShareLink {
  readonly id: string;
  readonly role: LinkRole;
  /** The link by which an owner lets everybody read; a project has one at most. */
  readonly isPublic: boolean;
  readonly state: LinkState;
  /** Appwrite user id. */
  readonly createdBy: string;
  /** Name of the one who made it; empty if that is no member any more. */
  readonly createdByName: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; `null`: does not expire. */
  readonly expiresAt: string | null;
  /** How many have become members by it. */
  readonly uses: number;
  /** `null`: as often as wanted. */
  readonly maxUses: number | null;
}

/** What a link to be made is to be. */
export interface NewLink {
  readonly role: LinkRole;
  /** `null`: does not expire. */
  readonly expiresInDays: number | null;
  /** `null`: as often as wanted. */
  readonly maxUses: number | null;
  readonly isPublic: boolean;
}
