/**
 * The history of a project as a stream for `git fast-import`: sessions become commits, those who worked in one are its
 * author and co-authors, versions become tags.
 *
 *     git init -b main project && cd project && git fast-import < ../project.fi && git checkout main
 */
import { filesAt, newestTime, projectSessions, type FileAt, type ProjectHistory } from '../history/project-history.ts';
import type { Version } from '../history/versions.ts';
import { utf8Length, wellFormedText, withLineEnding } from '../text.ts';
import type { Names } from './people.ts';

export interface GitOptions {
  readonly project: ProjectHistory;
  readonly names: Names;
  /** Become tags; default: none. */
  readonly versions?: readonly Version[];
  /** Default: `main`. */
  readonly branch?: string;
  /** Addresses are `<user id>@<domain>`: Cowrite does not give anybody's address away. Default: `cowrite.invalid`. */
  readonly domain?: string;
}

/** The stream, piece by piece, to be written as UTF-8. A project in which nobody wrote anything has no commits. */
export function* gitStream({ project, names, versions = [], branch, domain }: GitOptions): Generator<string> {
  const stream = new GitStream(project, names, branch ?? 'main', domain ?? 'cowrite.invalid');
  yield 'feature done\n';
  let before = Number.NEGATIVE_INFINITY;
  const tags = new Set<string>();
  for (const time of momentsOf(project, versions)) {
    yield* stream.commit(before, time);
    for (const version of versions) if (version.time === time) yield* stream.tag(version, tags);
    before = time;
  }
  // What is left of a purged file belongs to no session: it comes last where no later one has it.
  yield* stream.commit(before, Infinity, Math.max(before, newestTime(project)));
  yield 'done\n';
}

/** The ends of all sessions, and the moments of the versions. */
function momentsOf(project: ProjectHistory, versions: readonly Version[]): number[] {
  const times = new Set(projectSessions(project).map(({ end }) => end));
  for (const { time } of versions) times.add(time);
  return [...times].sort((a, b) => a - b);
}

/** What a file was when it was last written into the stream. */
interface Written {
  readonly mark: number;
  readonly position: number;
  readonly lineEnding: FileAt['lineEnding'];
}

class GitStream {
  private readonly project: ProjectHistory;
  private readonly names: Names;
  private readonly branch: string;
  private readonly domain: string;
  private readonly written = new Map<string, Written>();
  private marks = 0;
  private last: { readonly mark: number; readonly listing: string } | null = null;

  constructor(project: ProjectHistory, names: Names, branch: string, domain: string) {
    this.project = project;
    this.names = names;
    this.branch = branch;
    this.domain = domain;
  }

  /** The state at a time, unless it is that of the last commit. Files whose text of then has been purged are not in it. */
  *commit(before: number, time: number, date: number = time): Generator<string> {
    const all = filesAt(this.project, time);
    const files = all.filter(({ isPurged }) => !isPurged);
    const gone = all.filter(({ isPurged }) => isPurged).map(({ path }) => path);
    for (const file of files) yield* this.blob(file);
    const paths = gitPaths(files.map(({ path }) => path));
    const lines = files.map(
      ({ node }, index) => `M 100644 :${this.written.get(node)?.mark ?? 0} ${quoted(paths[index] ?? '')}\n`,
    );
    const listing = lines.join('');
    if (listing === (this.last?.listing ?? '')) return;
    const authors = authorsBetween(this.project, before, time);
    const mark = ++this.marks;
    const from = this.last === null ? '' : `from :${this.last.mark}\n`;
    const seconds = Math.max(0, Math.floor(date / 1000));
    const who = this.person(authors[0]?.author ?? '');
    yield `commit refs/heads/${this.branch}\nmark :${mark}\n`;
    yield `author ${who} ${seconds} +0000\ncommitter ${who} ${seconds} +0000\n`;
    yield `${data(this.message(files, gone, before, authors))}${from}deleteall\n${listing}\n`;
    this.last = { mark, listing };
  }

  /** An annotated tag at the last commit; nothing if there is none. */
  *tag(version: Version, taken: Set<string>): Generator<string> {
    if (this.last === null) return;
    const base = refName(version.name);
    let name = base;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${base}-${count}`;
    taken.add(name.toLowerCase());
    const seconds = Math.max(0, Math.floor(version.time / 1000));
    const text = [version.name, version.description].filter((part) => part.trim() !== '').join('\n\n');
    yield `tag ${name}\nfrom :${this.last.mark}\ntagger ${this.person(version.author)} ${seconds} +0000\n`;
    yield data(`${text}\n`);
  }

  private *blob({ node, position, lineEnding }: FileAt): Generator<string> {
    const known = this.written.get(node);
    if (known && known.position === position && known.lineEnding === lineEnding) return;
    const mark = ++this.marks;
    this.written.set(node, { mark, position, lineEnding });
    const text = this.project.files.get(node)?.text(position) ?? '';
    yield `blob\nmark :${mark}\n${data(withLineEnding(text, lineEnding))}`;
  }

  private message(
    files: readonly FileAt[],
    gone: readonly string[],
    before: number,
    authors: readonly Share[],
  ): string {
    const isChanged = ({ node, position }: FileAt): boolean => {
      const history = this.project.files.get(node);
      return history !== undefined && (position !== history.positionAt(before) || before < history.knownSince);
    };
    const changed = files.filter(isChanged).map(({ path }) => path);
    const what = changed.length === 0 ? 'Files and folders' : changed.slice(0, 3).join(', ');
    const more = changed.length > 3 ? ` and ${changed.length - 3} more` : '';
    const details = authors.map(
      ({ author, inserted, deleted }) => `${this.names(author)}: ${inserted} characters written, ${deleted} deleted`,
    );
    const others = authors.slice(1).map(({ author }) => `Co-authored-by: ${this.person(author)}`);
    const missing = gone.length === 0 ? '' : `Without files whose text of then was removed: ${gone.join(', ')}`;
    const parts = [oneLine(`${what}${more}`), oneLine(missing), details.map(oneLine).join('\n'), others.join('\n')];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  }

  private person(author: string): string {
    return `${personName(this.names(author)) || personName(author) || 'Unknown'} <${mailName(author)}@${this.domain}>`;
  }
}

interface Share {
  readonly author: string;
  readonly inserted: number;
  readonly deleted: number;
}

/** Who worked on a project after one time and up to another, the one who did most first. */
function authorsBetween({ tree, files }: ProjectHistory, after: number, to: number): Share[] {
  const shares = new Map<string, { updates: number; inserted: number; deleted: number }>();
  for (const history of [tree, ...files.values()]) {
    const end = history.positionAt(to);
    for (let position = history.positionAt(after) + 1; position <= end; position++) {
      const author = history.authorAt(position) ?? '';
      const share = shares.get(author) ?? { updates: 0, inserted: 0, deleted: 0 };
      const amount = 'amountAt' in history ? history.amountAt(position) : { inserted: 0, deleted: 0 };
      share.updates++;
      share.inserted += amount.inserted;
      share.deleted += amount.deleted;
      shares.set(author, share);
    }
  }
  return [...shares]
    .map(([author, share]) => ({ author, ...share, weight: share.inserted + share.deleted + share.updates }))
    .sort((a, b) => b.weight - a.weight || (a.author < b.author ? -1 : 1));
}

/** Text with its length in bytes, as git wants it. */
function data(text: string): string {
  const sound = wellFormedText(text);
  return `data ${utf8Length(sound)}\n${sound}\n`;
}

/**
 * Paths that git takes: a part of a path that some file system would take for git's own folder gets a mark, and no path
 * comes twice.
 */
export function gitPaths(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    let result = wellFormedText(path).split('/').map(safePart).join('/');
    while (taken.has(result)) result += '_';
    taken.add(result);
    return result;
  });
}

function safePart(part: string): string {
  // Invisible characters that macOS leaves out when it compares names.
  const seen = part.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').toLowerCase();
  return /^(\.git|git~1)[ .]*$/.test(seen) ? `_${part}` : part;
}

function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A name as git takes it in the line of an author. */
function personName(name: string): string {
  return oneLine(name.replace(/[<>]/g, '')).replace(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, '');
}

function mailName(author: string): string {
  return author.replace(/[^a-zA-Z0-9._-]/g, '') || 'unknown';
}

/** A name as git takes it for a tag. */
function refName(name: string): string {
  const sound = wellFormedText(name)
    .replace(/[\p{Cc}\s~^:?*[\]\\/@{}]+/gu, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '')
    .replace(/\.lock$/i, '-lock');
  return sound || 'version';
}

function oneLine(text: string): string {
  return wellFormedText(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}
