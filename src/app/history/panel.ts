import { html } from 'lit';
import type { Panel } from '../panels/panel.ts';

/** The panel of the history; its code is loaded when it is opened first. */
export const HISTORY_PANEL: Panel = {
  id: 'history',
  label: 'History',
  icon: 'history',
  load: () => import('./history-panel.ts'),
  render: ({ session, role, file, reviews }) =>
    html`<cw-history .session=${session} .role=${role} .file=${file} .reviews=${reviews}></cw-history>`,
};
