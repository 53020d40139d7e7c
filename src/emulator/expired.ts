import type { Context } from './context.ts';
import { formatTime, now } from './ids.ts';

/** Expired transactions can still be looked at for so long. */
const KEPT_MS = 24 * 3600 * 1000;

/** Removes sessions and transactions that ended long ago; belongs inside a write. */
export function removeExpired({ sessions, transactions, operations }: Context): void {
  for (const session of sessions.all()) if (session.expire < now()) sessions.delete(session.$id);
  const limit = formatTime(Date.now() - KEPT_MS);
  for (const { $id, expiresAt } of transactions.all()) {
    if (expiresAt >= limit) continue;
    transactions.delete($id);
    operations.keepNewest('transactionId', $id, 0);
  }
}
