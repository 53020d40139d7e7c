import { success, type Outcome } from '../core/failures.ts';
import type { LinkRole } from '../core/members.ts';
import { request } from './failures.ts';

/** The part of the web SDK's `Teams` that invitations need. */
export interface InvitationService {
  createMembership(params: { teamId: string; email: string; roles: string[]; url: string }): Promise<unknown>;
  updateMembershipStatus(params: {
    teamId: string;
    membershipId: string;
    userId: string;
    secret: string;
  }): Promise<unknown>;
}

/** What the address in the mail carries. */
export interface InvitationAnswer {
  readonly project: string;
  readonly membership: string;
  readonly user: string;
  readonly secret: string;
}

/** Invitations by e-mail, which Appwrite sends in the name of an owner where its mail server is set up. */
export class AppwriteInvitations {
  private readonly service: InvitationService;

  constructor(service: InvitationService) {
    this.service = service;
  }

  /** @param url the page that the mail leads to; Appwrite adds what `accept` needs */
  async send(project: string, email: string, role: LinkRole, url: string): Promise<Outcome<void>> {
    const sent = await request(() => this.service.createMembership({ teamId: project, email, roles: [role], url }));
    return sent.ok ? success(undefined) : sent;
  }

  /** Makes the invited person a member, and signs them in where nobody is. */
  async accept({ project, membership, user, secret }: InvitationAnswer): Promise<Outcome<void>> {
    const accepted = await request(() =>
      this.service.updateMembershipStatus({ teamId: project, membershipId: membership, userId: user, secret }),
    );
    return accepted.ok ? success(undefined) : accepted;
  }
}
