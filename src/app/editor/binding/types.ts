import type { editor } from 'monaco-editor/editor';
import type * as Y from 'yjs';

/** The Monaco module; handed in, so that the binding itself loads nothing. */
export type Monaco = typeof import('monaco-editor/editor');

/** The ids that an awareness change speaks of. */
export interface AwarenessChanges {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

/** The part of y-protocols' Awareness that a binding uses. */
export interface AwarenessLike {
  readonly clientID: number;
  getLocalState(): Record<string, unknown> | null;
  setLocalState(state: Record<string, unknown> | null): void;
  getStates(): Map<number, Record<string, unknown>>;
  on(event: 'change', listener: (changes: AwarenessChanges) => void): void;
  off(event: 'change', listener: (changes: AwarenessChanges) => void): void;
}

/** Why model and text were compared: the quiet time was over, somebody asked, or their lengths differed after a change. */
export type DivergenceCause = 'quiet' | 'requested' | 'length';

/** Model and `Y.Text` differed; the model has been rebuilt from the text. Carries no contents. */
export interface DivergenceReport {
  readonly cause: DivergenceCause;
  readonly file: string | undefined;
  readonly modelLength: number;
  readonly textLength: number;
  /** Index of the first code unit that differed. */
  readonly firstDifference: number;
}

export interface MonacoBindingOptions {
  /** Must belong to a document, and be loaded as far as this device knows it: the model takes its contents. */
  readonly text: Y.Text;
  readonly model: editor.ITextModel;
  readonly monaco: Monaco;
  /** Editors that show the model, now or at times. More can come and go through `addEditor` and `removeEditor`. */
  readonly editors?: readonly editor.ICodeEditor[];
  /** One awareness serves all files of a project. Without it no cursor is published and none is drawn. */
  readonly awareness?: AwarenessLike;
  /** The awareness field `file` of those whose selections belong to this text; published with the own selection. */
  readonly file?: string;
  /** With it the binding never writes to the text: what is changed in the model is taken back. Default false. */
  readonly readOnly?: boolean;
  /** Quiet time after the last change until model and text are compared. Default 5000. */
  readonly integrityDelayMs?: number;
  /** The longest text that the user's changes may lead to, in bytes of UTF-8; a longer one is taken back. Default: any. */
  readonly maxBytes?: number;
  /** A change was taken back because the text would have become too long. */
  readonly onTooLong?: () => void;
  readonly onDivergence?: (report: DivergenceReport) => void;
}
