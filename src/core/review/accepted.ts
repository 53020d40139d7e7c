import type { Span } from './anchors.ts';
import type { Review } from './review.ts';

/** A suggestion that came into a file. */
export interface AcceptedSuggestion {
  /** User id of who suggested it. */
  readonly from: string;
  /** User id of who accepted it, and so brought it into the file. */
  readonly by: string;
  /** The characters of the file that come from it, as who accepted it says. */
  readonly inserted: Span;
  /** The proposed text. */
  readonly text: string;
}

/**
 * The accepted suggestions of a review where stamps prove both, who suggested and who accepted [STAMP-3]. What is only
 * claimed, and what contradicts its stamp, is left out. That the characters are what was proposed is not known here: see
 * `suggestedRanges`.
 */
export function acceptedSuggestions({ threads }: Review): AcceptedSuggestion[] {
  return threads.flatMap(({ comments, suggestion }) => {
    const from = comments[0]?.author;
    if (suggestion?.state.kind !== 'accepted' || suggestion.state.inserted === null) return [];
    const { by, inserted } = suggestion.state;
    if (from?.proof !== 'stamped' || by.proof !== 'stamped' || from.id === by.id) return [];
    return [{ from: from.id, by: by.id, inserted, text: suggestion.insert }];
  });
}
