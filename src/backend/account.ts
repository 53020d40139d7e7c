import { success, type Outcome } from '../core/failures.ts';
import { shownName } from '../core/names.ts';
import { request } from './failures.ts';

/** A user of Appwrite, as far as Cowrite needs it. */
export interface AccountUser {
  readonly id: string;
  readonly name: string;
  /** Empty for a guest. */
  readonly email: string;
  /** What the user has chosen, as it was stored; `null`: nothing. */
  readonly color: string | null;
  /** The account carries the label `agent`, which only the server gives: a program works with it. */
  readonly isAgent: boolean;
}

/** One device on which a user is signed in. */
export interface AccountSession {
  readonly id: string;
  readonly isCurrent: boolean;
  /** ISO 8601. */
  readonly since: string;
  /** As “Chrome on Linux”; empty where the server does not know. */
  readonly device: string;
  /** Name of the country, or the address. */
  readonly place: string;
}

/** The label of accounts with which programs work. */
const AGENT_LABEL = 'agent';

/** What the official SDK's `Account` gives back. */
interface SdkUser {
  $id: string;
  name: string;
  email: string;
  prefs: Record<string, unknown>;
  labels: readonly string[];
}

interface SdkSession {
  $id: string;
  $createdAt: string;
  current: boolean;
  clientName: string;
  osName: string;
  countryName: string;
  countryCode: string;
  ip: string;
}

/** The part of the official web SDK's `Account` that is used. */
export interface AccountService {
  get(): Promise<SdkUser>;
  create(params: { userId: string; email: string; password: string; name?: string }): Promise<SdkUser>;
  createEmailPasswordSession(params: { email: string; password: string }): Promise<unknown>;
  createAnonymousSession(): Promise<unknown>;
  deleteSession(params: { sessionId: string }): Promise<unknown>;
  createSession(params: { userId: string; secret: string }): Promise<unknown>;
  createMagicURLToken(params: { userId: string; email: string; url: string }): Promise<unknown>;
  createOAuth2Token(params: { provider: string; success: string; failure: string }): unknown;
  listSessions(): Promise<{ sessions: SdkSession[] }>;
  updateName(params: { name: string }): Promise<SdkUser>;
  updateEmail(params: { email: string; password: string }): Promise<SdkUser>;
  updatePassword(params: { password: string; oldPassword: string }): Promise<SdkUser>;
  updatePrefs(params: { prefs: Record<string, unknown> }): Promise<SdkUser>;
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

  /** Remembers a colour for all devices of the user; other preferences stay. `null`: none is chosen. */
  async setColor(color: string | null): Promise<Outcome<AccountUser>> {
    const current = await request(() => this.service.get());
    if (!current.ok) return current;
    // Appwrite replaces all preferences at once, and takes no empty ones.
    const prefs = { ...current.value.prefs, color: color ?? '' };
    return toUser(await request(() => this.service.updatePrefs({ prefs })));
  }

  /** Gives a guest an address and a password: the user stays the same. `conflict`: the address is taken. */
  async becomeAccount(email: string, password: string): Promise<Outcome<AccountUser>> {
    return toUser(await request(() => this.service.updateEmail({ email, password })));
  }

  /** Ends all other sessions. `forbidden`: the present password is wrong. */
  async changePassword(password: string, before: string): Promise<Outcome<void>> {
    return done(await request(() => this.service.updatePassword({ password, oldPassword: before })));
  }

  /** Where the user is signed in: this browser first, then the newest. */
  async sessions(): Promise<Outcome<readonly AccountSession[]>> {
    const listed = await request(() => this.service.listSessions());
    if (!listed.ok) return listed;
    const sessions = listed.value.sessions.map(toSession);
    return success(sessions.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (a.since < b.since ? 1 : -1)));
  }

  async endSession(id: string): Promise<Outcome<void>> {
    const ended = await request(() => this.service.deleteSession({ sessionId: id }));
    return !ended.ok && ended.kind === 'not-found' ? success(undefined) : done(ended);
  }

  /** Has a link sent that signs in whoever opens it, at `url`; an address that is new becomes an account. */
  async sendMagicLink(email: string, url: string): Promise<Outcome<void>> {
    return done(await request(() => this.service.createMagicURLToken({ userId: this.newId(), email, url })));
  }

  /** Leaves the page for that of the provider, which leads back to `success` or `failure`. */
  enterWith(provider: string, addresses: { readonly success: string; readonly failure: string }): void {
    this.service.createOAuth2Token({ provider, ...addresses });
  }

  /** Signs in with what a magic link or a provider has given. */
  async enter(userId: string, secret: string): Promise<Outcome<AccountUser>> {
    const session = await request(() => this.service.createSession({ userId, secret }));
    return session.ok ? this.current() : session;
  }

  async signOut(): Promise<Outcome<void>> {
    return done(await request(() => this.service.deleteSession({ sessionId: 'current' })));
  }

  /** A short-lived token of the present session, for a connection that sends no cookies. Rejects if there is none. */
  async jwt(): Promise<string> {
    return (await this.service.createJWT()).jwt;
  }
}

function toUser(outcome: Outcome<SdkUser>): Outcome<AccountUser> {
  if (!outcome.ok) return outcome;
  const { $id, name, email, prefs, labels } = outcome.value;
  const color = typeof prefs['color'] === 'string' && prefs['color'] !== '' ? prefs['color'] : null;
  return success({ id: $id, name: shownName(name), email, color, isAgent: labels.includes(AGENT_LABEL) });
}

function done(outcome: Outcome<unknown>): Outcome<void> {
  return outcome.ok ? success(undefined) : outcome;
}

function toSession(session: SdkSession): AccountSession {
  const { $id, $createdAt, current, clientName, osName, countryName, countryCode, ip } = session;
  return {
    id: $id,
    isCurrent: current,
    since: $createdAt,
    device: [clientName, osName].filter((part) => part !== '').join(' on '),
    place: countryCode === '--' || countryName === '' ? ip : countryName,
  };
}
