/** What members, roles and links are called. */
import type { LinkRole, Member, ShareLink } from '../../core/members.ts';
import type { Role } from '../../core/roles.ts';
import { LOCALE } from '../ui/locale.ts';

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  editor: 'Editor',
  reviewer: 'Reviewer',
  viewer: 'Viewer',
};

/** What a role is for, as the end of a sentence. */
export const ROLE_RIGHTS: Readonly<Record<Role, string>> = {
  owner: 'edits, and decides who is in',
  editor: 'edits files, and invites',
  reviewer: 'reads, comments and chats',
  viewer: 'reads',
};

/** “an editor”. */
export function aRole(role: Role): string {
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}

/** How a member is called where no name is known. */
export function nameOf({ name, email, isPending }: Member): string {
  if (isPending) return email === '' ? 'Invited' : email;
  return name.trim() === '' ? 'Guest' : name;
}

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
}

export const LINK_ROLES: readonly LinkRole[] = ['editor', 'reviewer', 'viewer'];

/** In days; `null`: never. The first is the default. */
export const EXPIRIES: readonly Choice<number | null>[] = [
  { label: 'In 30 days', value: 30 },
  { label: 'In 7 days', value: 7 },
  { label: 'Tomorrow', value: 1 },
  { label: 'Never', value: null },
];

/** The first is the default. */
export const USES: readonly Choice<number | null>[] = [
  { label: 'Any number', value: null },
  { label: '1 person', value: 1 },
  { label: '5 people', value: 5 },
  { label: '25 people', value: 25 },
];

const HOUR_MS = 3_600_000;
const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });

/** “expires in 6 days”. `now` in epoch milliseconds. */
export function expiryOf({ expiresAt }: Pick<ShareLink, 'expiresAt'>, now: number): string {
  if (expiresAt === null) return 'does not expire';
  const hours = Math.ceil((Date.parse(expiresAt) - now) / HOUR_MS);
  if (hours <= 0) return `expired ${DAY.format(Date.parse(expiresAt))}`;
  if (hours < 48) return `expires in ${hours} ${hours === 1 ? 'hour' : 'hours'}`;
  return `expires in ${Math.round(hours / 24)} days`;
}

/** “2 of 5 have joined”. */
export function usesOf({ uses, maxUses }: Pick<ShareLink, 'uses' | 'maxUses'>): string {
  if (maxUses !== null) return `${uses} of ${maxUses} used`;
  return uses === 0 ? 'nobody has joined' : `${uses} joined`;
}

/** Why a link does not work any more; `null`: it does. */
export function endOf({ state }: Pick<ShareLink, 'state'>): string | null {
  switch (state) {
    case 'active':
      return null;
    case 'expired':
      return 'Expired';
    case 'used-up':
      return 'Used up';
    case 'dead':
      return 'Made in a role that its maker has no more';
  }
}
