import type { Thread } from '../../core/review/review.ts';
import type { ReportComment } from '../../core/report/review.ts';
import type { Person } from '../../core/tree.ts';
import type { ProjectSession } from '../session/api.ts';
import { downloadArchive, folderName, packFiles } from '../rescue/archive.ts';
import { ready } from './ready.ts';

export type ExportKind = 'zip' | 'markdown' | 'html' | 'git';

/** What is known of the comments of a project. */
export interface KnownReviews {
  readonly people: ReadonlyMap<string, Person>;
  /** Threads by node id. */
  readonly threads: ReadonlyMap<string, readonly Thread[]>;
}

export interface Export {
  readonly kind: ExportKind;
  /** As of when; epoch milliseconds by the server's clock. `Infinity`: now. */
  readonly time: number;
  /** Where the period of a report begins. */
  readonly since: number;
  /** Stands in the name of the file. */
  readonly label: string | null;
}

export interface Exported {
  /** The name of the file. */
  readonly file: string;
  /** Paths of what is not in an archive, since its text of then has been purged. */
  readonly left: readonly string[];
}

/** Makes a file of the project and hands it to the browser's downloads. Rejects with a sentence if it cannot be made. */
export async function exportProject(
  session: ProjectSession,
  { kind, time, since, label }: Export,
  reviews: KnownReviews,
): Promise<Exported> {
  const whole = session.history.whole();
  try {
    await ready(whole.state);
    const people = new Map([...reviews.people, ...session.people.value]);
    const name = folderName([session.name.value, label].filter((part) => part !== null).join(' – '));
    switch (kind) {
      case 'zip': {
        const files = await whole.ask('filesAt', time);
        const left = files.flatMap(({ path, isPurged }) => (isPurged ? [path] : []));
        const known = files.filter(({ isPurged }) => !isPurged);
        const packed = known.map(({ path, text, lineEnding }) => ({ path, mine: text, lineEnding }));
        return download(`${name}.zip`, packFiles([{ folder: name, files: packed }]), left);
      }
      case 'markdown':
      case 'html': {
        const text = await whole.ask('report', {
          title: session.name.value,
          from: since,
          to: time,
          format: kind,
          people,
          comments: commentsOf(reviews.threads, since, time),
        });
        const type = kind === 'html' ? 'text/html' : 'text/markdown';
        return download(`${name} – report.${kind === 'html' ? 'html' : 'md'}`, new Blob([text], { type }));
      }
      case 'git': {
        const pieces = await whole.ask('git', people, session.history.versions.value);
        return download(`${name}.fi`, new Blob([...pieces], { type: 'application/octet-stream' }));
      }
    }
  } finally {
    whole.close();
  }
}

function download(file: string, content: Blob, left: readonly string[] = []): Exported {
  downloadArchive(file, content);
  return { file, left };
}

/** What to type in a terminal, in the folder with a file of a git history, to make a repository of it. */
export function gitCommand(file: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const folder = quoted(file.replace(/\.fi$/, ''));
  return `git init -b main ${folder} && cd ${folder} && git fast-import < ${quoted(`../${file}`)} && git checkout main`;
}

/** The comments of a period, file by file. */
export function commentsOf(
  threads: ReadonlyMap<string, readonly Thread[]>,
  since: number,
  until: number,
): ReportComment[] {
  return [...threads].flatMap(([file, all]) =>
    all.flatMap(({ anchor, comments, suggestion, resolved }): ReportComment[] => {
      const state = suggestion?.state ?? { kind: 'open' };
      const [first, ...replies] = comments.filter(({ deletedAt }) => deletedAt === null);
      if (first === undefined || !comments.some(({ at }) => at > since && at <= until)) return [];
      return [
        {
          file,
          line: null,
          quote: anchor.quote,
          author: first.author.id,
          time: first.at,
          text: first.text,
          proposed: suggestion?.insert ?? null,
          end:
            state.kind !== 'open'
              ? { kind: state.kind, by: state.by.id }
              : resolved && { kind: 'resolved', by: resolved.by.id },
          replies: replies.map(({ author, at, text }) => ({ author: author.id, time: at, text })),
        },
      ];
    }),
  );
}
