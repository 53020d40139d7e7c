/** Names by user id, as a report and a git repository show them. What is not known is the id. */
export type Names = (author: string) => string;

/** Names as the members set them themselves; the author of an unknown id is shown by the id. */
export function namesOf(people: ReadonlyMap<string, { readonly name: string }>): Names {
  return (author) => people.get(author)?.name.trim() || author;
}
