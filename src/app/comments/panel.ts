import { html } from 'lit';
import type { Panel } from '../panels/panel.ts';

/** Comments and suggestions, beside the editor. */
export const COMMENTS_PANEL: Panel = {
  id: 'comments',
  label: 'Comments',
  icon: 'message-square',
  load: () => import('./comments-panel.ts'),
  render: (context) => html`<cw-comments .context=${context}></cw-comments>`,
};
