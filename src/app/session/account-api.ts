/** What concerns nobody but the user: how to sign in, on which devices, under which name and colour. */
import type { Outcome } from '../../core/failures.ts';

/** The ways to sign in without a password that the server offers: `signIn` of /config.json. */
export interface SignInWays {
  /** By a link that is sent by e-mail. */
  readonly magicLink: boolean;
  /** Names of providers as Appwrite knows them: `github`, `google`, … */
  readonly oauth: readonly string[];
}

/** One device on which the user is signed in. */
export interface DeviceSession {
  readonly id: string;
  /** This very browser. */
  readonly isCurrent: boolean;
  /** ISO 8601. */
  readonly since: string;
  /** As “Chrome on Linux”; empty where the server does not know. */
  readonly device: string;
  /** Name of the country, or the address; empty where the server does not know. */
  readonly place: string;
}

export interface AccountSettings {
  readonly ways: SignInWays;
  /** `#rrggbb`; `null`: the one that follows from the id. */
  setColor(color: string | null): Promise<Outcome<void>>;
  /** Gives a guest an e-mail and a password: the same user, with everything. `conflict`: the e-mail is taken. */
  becomeAccount(email: string, password: string): Promise<Outcome<void>>;
  /** Ends all other sessions. `forbidden`: the present password is wrong. */
  changePassword(password: string, before: string): Promise<Outcome<void>>;
  /** This one first, then the newest. */
  sessions(): Promise<Outcome<readonly DeviceSession[]>>;
  endSession(id: string): Promise<Outcome<void>>;
  endOtherSessions(): Promise<Outcome<void>>;

  /** Sends a link that signs in whoever opens it. */
  sendMagicLink(email: string): Promise<Outcome<void>>;
  /** Leaves the page for that of the provider, which leads back to /enter. */
  enterWith(provider: string): void;
  /** Signs in with what the address /enter carries. `forbidden`: it is used up, or somebody is signed in here. */
  enter(user: string, secret: string): Promise<Outcome<void>>;
  /** Accepts an invitation by e-mail, from the address /invitation. */
  acceptInvitation(answer: {
    readonly project: string;
    readonly membership: string;
    readonly user: string;
    readonly secret: string;
  }): Promise<Outcome<void>>;
}
