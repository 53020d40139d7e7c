import type { User } from '../session/api.ts';

export interface SignOutWarning {
  readonly title: string;
  readonly text: string;
}

/** What somebody should know before they sign out; `null` if nothing would be missed. */
export function signOutWarning(user: User, unsent: number): SignOutWarning | null {
  const edits = unsent === 1 ? '1 edit' : `${unsent} edits`;
  const have = unsent === 1 ? 'has' : 'have';
  if (user.guest) {
    const lost = unsent > 0 ? ` ${edits} that ${have} not been sent yet would be lost as well.` : '';
    return {
      title: 'Sign out for good?',
      text:
        `“${user.name}” is a guest, and guests cannot sign in again. ` +
        `Projects that nobody else is in could never be opened again.${lost}`,
    };
  }
  if (unsent === 0) return null;
  return {
    title: 'Sign out before everything is sent?',
    text: `${edits} ${have} not been sent yet. They stay on this device, and are sent when you sign in here again and open their project.`,
  };
}
