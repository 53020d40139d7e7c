import { emailFacts } from './emails.ts';
import type { JsonObject } from './json.ts';
import { HASH_OPTIONS } from './secrets.ts';

export interface User {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  name: string;
  /** In lower case; empty for anonymous users. */
  email: string;
  /** `salt:hash`, or null without a password. */
  password: string | null;
  passwordUpdate: string;
  registration: string;
  status: boolean;
  labels: string[];
  emailVerification: boolean;
  prefs: JsonObject;
  accessedAt: string;
  /** The e-mail target that comes with an account made with an address. */
  target: { $id: string; $createdAt: string; $updatedAt: string; identifier: string } | null;
}

export interface Session {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  userId: string;
  expire: string;
  provider: 'email' | 'anonymous' | 'server';
  providerUid: string;
  ip: string;
  userAgent: string;
  factors: string[];
  secretHash: string;
}

export interface Team {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  name: string;
  total: number;
  prefs: JsonObject;
}

export interface Membership {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  teamId: string;
  userId: string;
  roles: string[];
  invited: string;
  joined: string;
  confirm: boolean;
}

/** A user as its own account shows it. */
export function presentAccount(user: User): JsonObject {
  const target = user.target && {
    $id: user.target.$id,
    $createdAt: user.target.$createdAt,
    $updatedAt: user.target.$updatedAt,
    name: '',
    userId: user.$id,
    providerId: null,
    providerType: 'email',
    identifier: user.target.identifier,
    expired: false,
  };
  return {
    $id: user.$id,
    $createdAt: user.$createdAt,
    $updatedAt: user.$updatedAt,
    name: user.name,
    registration: user.registration,
    status: user.status,
    labels: user.labels,
    passwordUpdate: user.passwordUpdate,
    email: user.email,
    phone: '',
    emailVerification: user.emailVerification,
    ...emailFacts(user.email),
    phoneVerification: false,
    mfa: false,
    prefs: user.prefs,
    targets: target ? [target] : [],
    accessedAt: user.accessedAt,
    impersonator: false,
    impersonatorUserId: null,
  };
}

/** A user as an API key sees it: with the hash of the password. */
export function presentUser(user: User): JsonObject {
  return { ...presentAccount(user), password: user.password, hash: 'scrypt', hashOptions: HASH_OPTIONS };
}

export function presentSession(session: Session, current: boolean, secret = ''): JsonObject {
  return {
    $id: session.$id,
    $createdAt: session.$createdAt,
    $updatedAt: session.$updatedAt,
    userId: session.userId,
    expire: session.expire,
    provider: session.provider,
    providerUid: session.providerUid,
    providerAccessToken: '',
    providerAccessTokenExpiry: '',
    providerRefreshToken: '',
    ip: session.ip,
    osCode: '',
    osName: '',
    osVersion: '',
    clientType: '',
    clientCode: '',
    clientName: '',
    clientVersion: '',
    clientEngine: '',
    clientEngineVersion: '',
    deviceName: '',
    deviceBrand: '',
    deviceModel: '',
    countryCode: '--',
    countryName: 'Unknown',
    current,
    factors: session.factors,
    secret,
    mfaUpdatedAt: '',
  };
}

export function presentTeam(team: Team): JsonObject {
  return {
    $id: team.$id,
    $createdAt: team.$createdAt,
    $updatedAt: team.$updatedAt,
    name: team.name,
    total: team.total,
    prefs: team.prefs,
  };
}

/** A membership; without `user` and `team` the names and the address are empty. */
export function presentMembership(
  membership: Membership,
  shown: { user?: User | undefined; team?: Team | undefined; accessed?: boolean },
): JsonObject {
  const { user, team, accessed = false } = shown;
  return {
    $id: membership.$id,
    $createdAt: membership.$createdAt,
    $updatedAt: membership.$updatedAt,
    userId: membership.userId,
    userName: user?.name ?? '',
    userEmail: user?.email ?? '',
    userPhone: '',
    teamId: membership.teamId,
    teamName: team?.name ?? '',
    invited: membership.invited,
    joined: membership.joined,
    confirm: membership.confirm,
    mfa: false,
    userAccessedAt: accessed ? (user?.accessedAt ?? '') : '',
    roles: membership.roles,
  };
}
