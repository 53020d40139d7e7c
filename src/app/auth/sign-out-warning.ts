import type { User } from '../session/api.ts';

export interface SignOutWarning {
  readonly title: string;
  readonly text: string;
  /** There are edits to download or to look at. */
  readonly hasEdits: boolean;
}

/**
 * What somebody should know before they sign out [P48]; `null` if nothing would be missed.
 *
 * @param unsent edits that are on this device only
 * @param stuck those among them that cannot be sent any more
 */
export function signOutWarning(user: User, unsent: number, stuck: number): SignOutWarning | null {
  const hasEdits = unsent > 0;
  if (user.guest) {
    const alone = 'Projects that nobody else is in could never be opened again.';
    const lost = hasEdits
      ? `Everything that is on this device only is deleted: ${countOf(unsent)} not been sent. `
      : '';
    return {
      title: hasEdits ? 'Sign out and lose what is not sent?' : 'Sign out for good?',
      text: `“${user.name}” is a guest, and guests cannot sign in again. ${lost}${alone}`,
      hasEdits,
    };
  }
  if (!hasEdits) return null;
  return { title: 'Sign out before everything is sent?', text: whatBecomesOf(unsent, stuck), hasEdits };
}

function whatBecomesOf(unsent: number, stuck: number): string {
  const [they, them, stay, are] = unsent === 1 ? ['It', 'it', 'stays', 'is'] : ['They', 'them', 'stay', 'are'];
  const start = `${countOf(unsent)} not been sent. ${they} ${stay} on this device`;
  if (stuck === 0) return `${start}, and ${are} sent when you sign in here again and open the project.`;
  if (stuck < unsent) {
    return `${start}. ${stuck} of them cannot be sent any more; the rest is sent when you sign in here again and open the project.`;
  }
  return `${start}. ${they} cannot be sent any more: download ${them}, or copy ${them} into a new project.`;
}

function countOf(unsent: number): string {
  return unsent === 1 ? '1 edit has' : `${unsent} edits have`;
}
