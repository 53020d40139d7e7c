import { MAX_NAME_CHARS } from '../../core/limits.ts';

/** Why a text cannot be the name of a project or a person, as a sentence, or `null` if it can. */
export function plainNameProblem(name: string): string | null {
  if (name === '') return 'Type a name.';
  return name.length > MAX_NAME_CHARS ? `Names have at most ${MAX_NAME_CHARS} characters.` : null;
}
