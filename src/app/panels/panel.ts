import type { TemplateResult } from 'lit';
import type { Role } from '../../core/roles.ts';
import type { ProjectReviews } from '../comments/project-reviews.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ProjectSession } from '../session/api.ts';
import type { IconName } from '../ui/icons.ts';
import type { Theme } from '../ui/theme.ts';

/** What a panel works with. */
export interface PanelContext {
  readonly session: ProjectSession;
  readonly role: Role;
  /** Node id of the open file; `null` for none. */
  readonly file: string | null;
  /** The editor that shows it; `null` until it does. */
  readonly editor: EditorContext | null;
  readonly theme: Theme;
  /** The comments of the project. */
  readonly reviews: ProjectReviews;
}

/** Something that can be shown beside the editor, one at a time. Its code is loaded when it is shown first. */
export interface Panel {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  /** Resolves when its element is defined. */
  load(): Promise<unknown>;
  render(context: PanelContext): TemplateResult;
}
