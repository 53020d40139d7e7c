/** Names by user id, as a report and a git repository show them. What is not known is the id. */
export type Names = (author: string) => string;

/**
 * Names as the members set them themselves; the author of an unknown id is shown by the id. Of those with one name the first
 * has it as it is, the others a number behind it: “Ana (2)”.
 *
 * @param order user ids, whoever comes first first; those who are not in it come after, by their ids
 */
export function namesOf(people: ReadonlyMap<string, { readonly name: string }>, order: readonly string[] = []): Names {
  const nameOf = (author: string): string => people.get(author)?.name.trim() || author;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const author of new Set([...order, ...[...people.keys()].sort()])) {
    const name = nameOf(author);
    let shown = name;
    for (let count = 2; taken.has(keyOf(shown)); count++) shown = `${name} (${count})`;
    taken.add(keyOf(shown));
    names.set(author, shown);
  }
  return (author) => names.get(author) ?? author;
}

/** Names that look alike are alike. */
function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
