import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { isPassing, type Failure, type FailureKind } from '../../core/failures.ts';
import '../rescue/rescue-notice.ts';
import type { App, ProjectSummary } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { logo } from '../ui/logo.ts';

/** The page in place of a project that could not be opened. */
export function renderProjectFailure(app: App, project: string, failure: Failure, retry: () => void): TemplateResult {
  const [title, sentence] = wordsFor(failure);
  return html`<main class="shell-message" data-testid="project-problem" data-kind=${failure.kind}>
    ${logo()}
    <h1>${title}</h1>
    <p class="quiet" role="alert">${sentence}</p>
    <cw-rescue-notice .app=${app} .project=${project}></cw-rescue-notice>
    ${
      isPassing(failure.kind)
        ? html`<wa-button variant="brand" @click=${retry} data-testid="project-retry">Try again</wa-button>`
        : nothing
    }
    <a href="/">Go to your projects</a>
  </main>`;
}

/** The page in place of a deleted project of which nothing is on this device. */
export function renderDeletedProject({ id, name }: ProjectSummary, app: App, restore: () => void): TemplateResult {
  const role = app.roleIn(id);
  // Whose role is not known is taken for an owner, and told if they are not.
  const mayRestore = role === null || role === 'owner';
  return html`<main class="shell-message" data-testid="project-deleted">
    ${logo()}
    <h1>“${name}” is deleted</h1>
    <p class="quiet" role="alert">
      ${
        mayRestore
          ? 'It can be restored for 30 days after its deletion; then it is gone for good.'
          : 'An owner can restore it for 30 days after its deletion; then it is gone for good.'
      }
    </p>
    <cw-rescue-notice .app=${app} .project=${id}></cw-rescue-notice>
    ${
      mayRestore
        ? html`<wa-button variant="brand" @click=${restore} data-testid="deleted-restore">
            ${icon('rotate-ccw', 'start')} Restore project
          </wa-button>`
        : nothing
    }
    <a href="/">Go to your projects</a>
  </main>`;
}

function wordsFor({ kind, message }: Failure): readonly [string, string] {
  const titles: Readonly<Record<FailureKind, string>> = {
    'not-found': 'You are not in this project',
    forbidden: 'You are not in this project',
    offline: 'This project is not on this device yet',
    unauthenticated: 'You are not signed in',
    'rate-limited': 'The server asks for a pause',
    conflict: 'The project could not be opened',
    'too-large': 'The project could not be opened',
    rejected: 'The project could not be opened',
    server: 'The project could not be opened',
  };
  const sentence =
    kind === 'not-found' || kind === 'forbidden'
      ? 'It does not exist, or nobody has invited you yet. Ask somebody in it for an invite link.'
      : kind === 'offline'
        ? 'It opens when you are back online. Projects that you have opened before also open offline.'
        : message;
  return [titles[kind], sentence];
}
