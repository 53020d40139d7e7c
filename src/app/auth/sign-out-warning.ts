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
    const lost = `Everything that is on this device only is deleted: ${countOf(unsent)} not been sent.`;
    return {
      title: hasEdits ? 'Sign out and lose what is not sent?' : 'Sign out for good?',
      text: `“${user.name}” is a guest, and guests cannot sign in again. ${hasEdits ? `${lost} ` : ''}${alone}`,
      hasEdits,
    };
  }
  if (!hasEdits) return null;
  const title = 'Sign out before everything is sent?';
  const start = `${countOf(unsent)} not been sent. ${unsent === 1 ? 'It stays' : 'They stay'} on this device`;
  const later = `sent when you sign in here again and open ${unsent - stuck === 1 ? 'its' : 'their'} project`;
  if (stuck === 0) return { title, text: `${start}, and ${unsent === 1 ? 'is' : 'are'} ${later}.`, hasEdits };
  const all = unsent === 1 ? 'It' : 'They';
  const text =
    stuck >= unsent
      ? `${start}. ${all} cannot be sent any more: download ${unsent === 1 ? 'it' : 'them'}, or copy ${unsent === 1 ? 'it' : 'them'} into a new project.`
      : `${start}. ${stuck} of them cannot be sent any more; the rest is ${later}.`;
  return { title, text, hasEdits };
}

function countOf(unsent: number): string {
  return unsent === 1 ? '1 edit has' : `${unsent} edits have`;
}
