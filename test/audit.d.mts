export interface AuditResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped?: number;
  readonly note: string;
}

/** Asks the registry about the packages of the project in this folder. */
export function audit(root: string): AuditResult;

/** What a report of `npm audit --json` is worth. */
export function judge(printed: string, error?: Error): AuditResult;
