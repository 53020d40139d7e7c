import type { AccountUser } from '../../backend/account.ts';
import type { User } from './api.ts';
import { colorOf } from './colors.ts';

/** An account as the elements see it. */
export function toUser(user: AccountUser): User {
  const guest = user.email === '';
  return {
    id: user.id,
    name: user.name || (guest ? 'Guest' : user.email),
    email: user.email,
    guest,
    color: user.color ?? colorOf(user.id),
    colorChosen: user.color !== null,
    ...(user.isAgent ? { agent: true as const } : {}),
  };
}
