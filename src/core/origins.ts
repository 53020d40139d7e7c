/**
 * The origins of Yjs transactions that do not come from this replica's user. None is ever `null`: an undo manager
 * takes a null origin for its user's [P13].
 */
export type Origin =
  | { readonly source: 'remote' }
  /** Another tab of this browser. */
  | { readonly source: 'tab' }
  /** Kept on this device: the outbox. */
  | { readonly source: 'device' };

export const REMOTE: Origin = { source: 'remote' };
export const TAB: Origin = { source: 'tab' };
export const DEVICE: Origin = { source: 'device' };
