import type { ReactiveController } from 'lit';
import type { StatusReport } from '../../core/status.ts';

/** Whether closing the tab now would lose edits: some are neither on the server nor on this device. */
export function wouldLoseEdits(report: StatusReport | null): boolean {
  return report !== null && report.unsafe > 0;
}

/** Lets the browser ask before the tab is closed while closing would lose edits, or leave something half done. */
export class LeaveGuard implements ReactiveController {
  private readonly report: () => StatusReport | null;
  private readonly isBusy: () => boolean;

  /** @param isBusy whether something is being done that should not be broken off */
  constructor(report: () => StatusReport | null, isBusy: () => boolean = () => false) {
    this.report = report;
    this.isBusy = isBusy;
  }

  hostConnected(): void {
    addEventListener('beforeunload', this.ask);
  }

  hostDisconnected(): void {
    removeEventListener('beforeunload', this.ask);
  }

  private readonly ask = (event: BeforeUnloadEvent): void => {
    if (this.isBusy() || wouldLoseEdits(this.report())) event.preventDefault();
  };
}
