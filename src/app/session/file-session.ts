import type * as Y from 'yjs';
import type { StatusReport } from '../../core/status.ts';
import { TEXT_NAME } from '../../core/text.ts';
import type { DocumentSync } from '../../sync/document-sync.ts';
import type { FileSession } from './api.ts';
import { Signal } from './signal.ts';

/** The files that are known to have no content: without it an empty file is told from one that is not on this device. */
export interface EmptyFiles {
  has(id: string): boolean;
  add(id: string): void;
}

/** One handle on the document of a file; the document closes with its last handle. */
export class OpenFile implements FileSession {
  readonly id: string;
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly loaded: Promise<void>;
  readonly ready = new Signal(false);
  readonly status: Signal<StatusReport>;
  private readonly document: DocumentSync;
  private readonly empty: EmptyFiles;
  private readonly onClose: () => void;
  private isLoaded = false;
  private closed = false;

  constructor(id: string, document: DocumentSync, empty: EmptyFiles, onClose: () => void) {
    this.id = id;
    this.document = document;
    this.doc = document.doc;
    this.text = document.doc.getText(TEXT_NAME);
    this.status = new Signal(document.status);
    this.empty = empty;
    this.onClose = onClose;
    this.loaded = document.loaded.then(() => {
      this.isLoaded = true;
      this.refresh();
    });
  }

  /** The text holds all that is saved. */
  get isCurrent(): boolean {
    return this.isLoaded && this.document.isCaughtUp;
  }

  /** Brings the observables up to date. */
  refresh(): void {
    this.status.set(this.document.status);
    if (!this.isLoaded) return;
    const isEmpty = this.doc.store.clients.size === 0;
    if (isEmpty && this.document.isCaughtUp) this.empty.add(this.id);
    if (!isEmpty || this.document.isCaughtUp || this.empty.has(this.id)) this.ready.set(true);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose();
  }
}
