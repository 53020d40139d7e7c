import type { Context } from '../context.ts';
import { formatTime } from '../ids.ts';
import { GUEST_OWNER } from './model.ts';

const MINUTE_MS = 60_000;
/** Expired transactions can still be looked at for so long. */
const KEPT_MS = 60 * MINUTE_MS;
/** Transactions that guests have at the same time; the oldest ones go first. Nobody but keys could use them. */
export const KEPT_OF_GUESTS = 100;

const swept = new WeakMap<Context, number>();

/**
 * Keeps the transactions from becoming ever more: removes those that expired long ago, at most once a minute, and those
 * that guests began too many of. To be called when one is created; belongs inside that write.
 */
export function sweepTransactions(context: Context): void {
  const { transactions, operations } = context;
  transactions.keepNewest('owner', GUEST_OWNER, KEPT_OF_GUESTS);
  const time = Date.now();
  if (Math.abs(time - (swept.get(context) ?? 0)) < MINUTE_MS) return;
  swept.set(context, time);
  const limit = formatTime(time - KEPT_MS);
  for (const { $id, expiresAt } of transactions.all()) {
    if (expiresAt >= limit) continue;
    transactions.delete($id);
    operations.keepNewest('transactionId', $id, 0);
  }
}
