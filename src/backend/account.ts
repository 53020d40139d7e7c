import { success, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';

/** A user of Appwrite, as far as Cowrite needs it. */
export interface AccountUser {
  readonly id: string;
  readonly name: string;
  /** Empty for a guest. */
  readonly email: string;
}

/** What the official SDK's `Account` gives back. */
interface SdkUser {
  $id: string;
  name: string;
  email: string;
}

/** The part of the official web SDK's `Account` that is used. */
export interface AccountService {
  get(): Promise<SdkUser>;
  create(params: { userId: string; email: string; password: string; name?: string }): Promise<SdkUser>;
  createEmailPasswordSession(params: { email: string; password: string }): Promise<unknown>;
  createAnonymousSession(): Promise<unknown>;
  deleteSession(params: { sessionId: string }): Promise<unknown>;
  updateName(params: { name: string }): Promise<SdkUser>;
  createJWT(): Promise<{ jwt: string }>;
}

/** Who is signed in, and the ways to change that. */
export class AppwriteAccount {
  private readonly service: AccountService;
  private readonly newId: () => string;

  constructor(service: AccountService, newId: () => string) {
    this.service = service;
    this.newId = newId;
  }

  /** The user of the present session; fails with `unauthenticated` if there is none. */
  async current(): Promise<Outcome<AccountUser>> {
    return toUser(await request(() => this.service.get()));
  }

  /** Creates an account and signs in. */
  async signUp(name: string, email: string, password: string): Promise<Outcome<AccountUser>> {
    const created = await request(() => this.service.create({ userId: this.newId(), email, password, name }));
    return created.ok ? this.signIn(email, password) : created;
  }

  async signIn(email: string, password: string): Promise<Outcome<AccountUser>> {
    const session = await request(() => this.service.createEmailPasswordSession({ email, password }));
    return session.ok ? this.current() : session;
  }

  /** Signs in without e-mail. The name is a courtesy: failing to store it is no reason to turn somebody away. */
  async continueAsGuest(name: string): Promise<Outcome<AccountUser>> {
    const session = await request(() => this.service.createAnonymousSession());
    if (!session.ok) return session;
    const named = await this.rename(name);
    return named.ok ? named : this.current();
  }

  async rename(name: string): Promise<Outcome<AccountUser>> {
    return toUser(await request(() => this.service.updateName({ name })));
  }

  async signOut(): Promise<Outcome<void>> {
    const ended = await request(() => this.service.deleteSession({ sessionId: 'current' }));
    return ended.ok ? success(undefined) : ended;
  }

  /** A short-lived token of the present session, for a connection that sends no cookies. Rejects if there is none. */
  async jwt(): Promise<string> {
    return (await this.service.createJWT()).jwt;
  }
}

function toUser(outcome: Outcome<SdkUser>): Outcome<AccountUser> {
  if (!outcome.ok) return outcome;
  const { $id, name, email } = outcome.value;
  return success({ id: $id, name, email });
}
