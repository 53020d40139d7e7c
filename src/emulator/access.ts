import { changeUser } from './accounts.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { formatTime, now } from './ids.ts';

/** How exactly the last access of a user is kept. */
const ACCESS_PRECISION_MS = 24 * 3600 * 1000;

/**
 * Notes that a user was here, at most once a day. The answer to that request shows the time as the database of the real
 * server writes it.
 */
export function noteAccess(context: Context, caller: Caller): Caller {
  if (caller.kind !== 'user') return caller;
  const { user } = caller;
  if (user.accessedAt > formatTime(Date.now() - ACCESS_PRECISION_MS)) return caller;
  const accessedAt = now();
  context.writer
    .write(() => {
      if (context.users.get(user.$id)) changeUser(context, user.$id, ({ $updatedAt }) => ({ accessedAt, $updatedAt }));
    })
    .catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      context.log({ level: 'warn', message: 'The access of a user could not be noted', error: detail });
    });
  return { ...caller, user: { ...user, accessedAt: accessedAt.slice(0, 23).replace('T', ' ') } };
}
