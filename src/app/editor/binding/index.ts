export { MonacoBinding } from './binding.ts';
export { collaborativeEditorOptions } from './options.ts';
export { parseColor, readRemoteUser, type RemoteUser } from './remote-user.ts';
export type {
  AwarenessChanges,
  AwarenessLike,
  DivergenceCause,
  DivergenceReport,
  MonacoBindingOptions,
} from './types.ts';
