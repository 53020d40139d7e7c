import type { Hunk } from '../../core/history/types.ts';

/** What the user said to a change: fine as it is, or taken back. */
export type Answer = 'accepted' | 'undone';

/** What a user has answered in the review of a file, kept in this browser until the review is over. */
export class AnsweredHunks {
  private readonly key: string;
  private readonly since: number;

  /** @param since the review of what came after it, epoch milliseconds; answers of another review are not read */
  constructor(user: string, project: string, node: string, since: number) {
    this.key = `cowrite:answered:${user}:${project}:${node}`;
    this.since = since;
  }

  /** By `keyOf`. */
  read(): ReadonlyMap<string, Answer> {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.key) ?? 'null');
      if (typeof value !== 'object' || value === null) return new Map();
      const { since, answers } = value as { since?: unknown; answers?: unknown };
      if (since !== this.since || typeof answers !== 'object' || answers === null) return new Map();
      return new Map(Object.entries(answers).filter((entry): entry is [string, Answer] => isAnswer(entry[1])));
    } catch {
      // A damaged entry, or storage that is blocked: as if nothing had been answered.
      return new Map();
    }
  }

  write(answers: ReadonlyMap<string, Answer>): void {
    try {
      if (answers.size === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ since: this.since, answers: Object.fromEntries(answers) }));
    } catch {
      // Storage that is full or blocked costs only that a change is asked about once more.
    }
  }
}

function isAnswer(value: unknown): value is Answer {
  return value === 'accepted' || value === 'undone';
}

/**
 * Names for changes that stay when others come in between: by text, author and time. What is written on later is another
 * change. @returns one for each, in their order
 */
export function keysOf(hunks: readonly Hunk[]): string[] {
  const counts = new Map<string, number>();
  return hunks.map(({ pieces }) => {
    const said = pieces.map(({ kind, text, by }) => [kind, text, by.author, by.start, by.end]);
    const key = hash(JSON.stringify(said));
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count === 0 ? key : `${key}-${count}`;
  });
}

/** Two FNV-1a hashes of 32 bits: texts do not collide by accident. */
function hash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + index), 0x01000193);
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
