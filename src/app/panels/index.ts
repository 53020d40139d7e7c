import type { Panel } from './panel.ts';

/** The panels of a project, in the order of their buttons. */
export const PANELS: readonly Panel[] = [];
