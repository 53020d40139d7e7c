import type { Failure } from '../../core/failures.ts';
import { hiddenProblem } from '../../core/names.ts';

export type Entry = 'guest' | 'sign-in' | 'sign-up';

/** Appwrite takes no shorter password. */
export const MIN_PASSWORD_CHARS = 8;

export interface Credentials {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What is wrong with what was typed, as a sentence; `null` if it can be sent. */
export function credentialsProblem(entry: Entry, { name, email, password }: Credentials): string | null {
  if (entry !== 'sign-in' && name === '') return 'Type your name.';
  const hidden = entry === 'sign-in' ? null : hiddenProblem(name);
  if (hidden !== null || entry === 'guest') return hidden;
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return 'Type an e-mail address, like ana@example.com.';
  if (password === '') return 'Type your password.';
  return password.length < MIN_PASSWORD_CHARS ? `Passwords have at least ${MIN_PASSWORD_CHARS} characters.` : null;
}

/** Why somebody could not come in, in words that say what to do. */
export function entrySentence(entry: Entry, failure: Failure): string {
  switch (failure.kind) {
    case 'offline':
      return failure.message;
    case 'rate-limited':
      return 'Too many attempts. Wait a minute, then try again.';
    case 'server':
      return 'The server had a problem. Try again in a moment.';
    case 'conflict':
      return 'There is already an account with this e-mail. Sign in, or use another e-mail.';
    case 'unauthenticated':
    case 'forbidden':
    case 'not-found':
    case 'rejected':
    case 'too-large':
      return refusal(entry);
  }
}

function refusal(entry: Entry): string {
  switch (entry) {
    case 'guest':
      return 'The server does not let guests in. Sign in with an account.';
    case 'sign-in':
      return 'The e-mail or the password is wrong.';
    case 'sign-up':
      return 'The server does not take this e-mail or this password. Try another e-mail, or a less common password.';
  }
}
