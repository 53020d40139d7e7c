import { COMMENTS_PANEL } from '../comments/panel.ts';
import { HISTORY_PANEL } from '../history/panel.ts';
import type { Panel } from './panel.ts';

/** The panels of a project, in the order of their buttons. */
export const PANELS: readonly Panel[] = [COMMENTS_PANEL, HISTORY_PANEL];
