import type { AccountUser, AppwriteAccount } from '../../backend/account.ts';
import type { AppwriteInvitations, InvitationAnswer } from '../../backend/invitations.ts';
import { success, type Outcome } from '../../core/failures.ts';
import type { AccountSettings, DeviceSession, SignInWays } from './account-api.ts';

export interface OwnAccountOptions {
  readonly backend: AppwriteAccount;
  readonly invitations: AppwriteInvitations;
  readonly ways: SignInWays;
  /** The server has told how the user is now, or who has just signed in. */
  readonly userChanged: (user: AccountUser) => void;
}

/** The account of the user, on Appwrite. */
export class OwnAccount implements AccountSettings {
  readonly ways: SignInWays;
  private readonly options: OwnAccountOptions;

  constructor(options: OwnAccountOptions) {
    this.options = options;
    this.ways = options.ways;
  }

  async setColor(color: string | null): Promise<Outcome<void>> {
    return this.take(await this.options.backend.setColor(color));
  }

  async becomeAccount(email: string, password: string): Promise<Outcome<void>> {
    return this.take(await this.options.backend.becomeAccount(email, password));
  }

  changePassword(password: string, before: string): Promise<Outcome<void>> {
    return this.options.backend.changePassword(password, before);
  }

  sessions(): Promise<Outcome<readonly DeviceSession[]>> {
    return this.options.backend.sessions();
  }

  endSession(id: string): Promise<Outcome<void>> {
    return this.options.backend.endSession(id);
  }

  async endOtherSessions(): Promise<Outcome<void>> {
    const { backend } = this.options;
    const listed = await backend.sessions();
    if (!listed.ok) return listed;
    for (const { id, isCurrent } of listed.value) {
      const ended = isCurrent ? success(undefined) : await backend.endSession(id);
      if (!ended.ok) return ended;
    }
    return success(undefined);
  }

  sendMagicLink(email: string): Promise<Outcome<void>> {
    return this.options.backend.sendMagicLink(email, addressOf('/enter'));
  }

  enterWith(provider: string): void {
    this.options.backend.enterWith(provider, { success: addressOf('/enter'), failure: addressOf('/enter') });
  }

  async enter(user: string, secret: string): Promise<Outcome<void>> {
    return this.take(await this.options.backend.enter(user, secret));
  }

  async acceptInvitation(answer: InvitationAnswer): Promise<Outcome<void>> {
    const accepted = await this.options.invitations.accept(answer);
    return accepted.ok ? this.take(await this.options.backend.current()) : accepted;
  }

  private take(outcome: Outcome<AccountUser>): Outcome<void> {
    if (!outcome.ok) return outcome;
    this.options.userChanged(outcome.value);
    return success(undefined);
  }
}

function addressOf(path: string): string {
  return new URL(path, location.origin).href;
}
