import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { hiddenProblem } from '../../core/names.ts';

/** Why a text cannot be the name of a project or a person, as a sentence, or `null` if it can. */
export function plainNameProblem(name: string): string | null {
  if (name === '') return 'Type a name.';
  if (name.length > MAX_NAME_CHARS) return `Names have at most ${MAX_NAME_CHARS} characters.`;
  return hiddenProblem(name);
}
