import { reviewDocumentId } from '../../core/ids.ts';
import { learnFolded } from '../../core/review/folded.ts';
import { StructStamps } from '../../core/review/stamped.ts';
import type { DocumentSync } from '../../sync/document-sync.ts';
import type { ProjectSync } from '../../sync/project-sync.ts';
import type { ReviewSession } from './api.ts';
import type { HistoryPorts } from './history.ts';
import { Signal } from './signal.ts';

interface OpenReview {
  readonly document: DocumentSync;
  readonly caughtUp: Signal<boolean>;
  handles: number;
  /** Since the document was caught up, it was asked who wrote what was folded. */
  proven: boolean;
}

/** The review documents of a project that are open, and how often each is. */
export class OpenReviews {
  private readonly project: string;
  private readonly sync: ProjectSync;
  private readonly snapshots: HistoryPorts['snapshots'];
  private readonly report: (error: unknown) => void;
  private readonly open = new Map<string, OpenReview>();

  constructor(
    project: string,
    sync: ProjectSync,
    snapshots: HistoryPorts['snapshots'],
    report: (error: unknown) => void,
  ) {
    this.project = project;
    this.sync = sync;
    this.snapshots = snapshots;
    this.report = report;
  }

  /** The review document of a file, by its node id. */
  openReview(id: string): ReviewSession {
    const name = reviewDocumentId(id);
    const document = this.sync.openDocument(name);
    const review = this.open.get(id) ?? {
      document,
      caughtUp: new Signal(document.isCaughtUp),
      handles: 0,
      proven: false,
    };
    review.handles++;
    this.open.set(id, review);
    let closed = false;
    const close = (): void => {
      if (closed) return;
      closed = true;
      review.handles--;
      if (review.handles > 0) return;
      this.open.delete(id);
      this.sync.closeDocument(name).catch(this.report);
    };
    const { doc, loaded, inbox } = document;
    return { id, doc, loaded, caughtUp: review.caughtUp, stamps: inbox.stamps ?? new StructStamps(), close };
  }

  /** To be called when the synchronisation has changed. */
  refresh(): void {
    for (const review of this.open.values()) {
      const { document, caughtUp } = review;
      if (!document.isCaughtUp) review.proven = false;
      else if (!review.proven) {
        review.proven = true;
        this.prove(document).catch(this.report);
      }
      caughtUp.set(document.isCaughtUp);
    }
  }

  /** Who wrote what a compaction has folded is asked for once; while it cannot be had, the entries say so themselves. */
  private async prove({ id, doc, inbox: { stamps } }: DocumentSync): Promise<void> {
    if (stamps === null || stamps.covers(doc)) return;
    await learnFolded(this.snapshots, this.project, id, stamps);
  }
}
