import type { StatusReport } from '../core/status.ts';
import type { Agreement } from './agreement.ts';
import type { JournalEntry } from './journal.ts';
import type { StoredReport } from './storage-bill.ts';

/**
 * Where one's edits of a document are: *on this device → sent → stored → seen by*. Counts of edits; each is in one place
 * only, and what is stored is not counted.
 */
export interface Ladder {
  /** In this tab only: closing it would lose them. */
  readonly unsafe: number;
  /** Safe on this device, not on their way yet. */
  readonly waiting: number;
  /** Handed to the server, which has not answered. */
  readonly sending: number;
  /** What is known of the copies of others. */
  readonly agreements: readonly Agreement[];
}

/** A row that was skipped, and why. */
export interface QuarantinedEntry {
  readonly row: string;
  readonly reason: string;
}

export interface DocumentReport {
  readonly id: string;
  readonly status: StatusReport;
  readonly ladder: Ladder;
  /** Rows that this page did not write and that were applied, and rows of this page that were stored. */
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: readonly QuarantinedEntry[];
  /** How often its rows were listed. */
  readonly reads: number;
  /** Updates wait for others that have not arrived. */
  readonly hasGap: boolean;
  /** `documentDigest` while it is at rest. */
  readonly digest: string | null;
  /** How often it was read anew because another replica held something else. */
  readonly heals: number;
  /** What it costs on the server. */
  readonly stored: StoredReport;
}

/** Requests of the last minute, and how many may be; `null` where there is no limit. */
export interface BudgetReport {
  readonly lastMinute: number;
  readonly limit: number | null;
  /** The limit was learned from a refusal. */
  readonly learned: boolean;
}

/** Everything that support asks about the synchronisation of a project; holds no content of documents. */
export interface SyncReport {
  readonly project: string;
  readonly replica: string;
  readonly role: string;
  readonly connection: {
    readonly live: boolean;
    /** Since when it is as it is; `null` before the first attempt. */
    readonly since: number | null;
    /** Why it was lost last. */
    readonly lostBecause: string | null;
    /** How often it has become live. */
    readonly connects: number;
    /** Why the server lets this user in no more. */
    readonly denied: string | null;
  };
  readonly budget: { readonly updates: BudgetReport; readonly presence: BudgetReport };
  /** Other replicas that are here. */
  readonly others: number;
  readonly documents: readonly DocumentReport[];
  /** Documents that are closed and still have something to send. */
  readonly sending: readonly { readonly id: string; readonly pending: number; readonly problem: string | null }[];
  /** Oldest first. */
  readonly journal: readonly JournalEntry[];
}
