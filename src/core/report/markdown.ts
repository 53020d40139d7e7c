import type { LineHunk, Report } from './review.ts';
import { characters, periodText, spanText, timeText } from './words.ts';

/** A report as Markdown (CommonMark with tables). Whatever the texts hold, they stay texts. */
export function reportAsMarkdown(report: Report): string {
  const parts = [
    `# ${inline(report.title)}`,
    periodText(report.from, report.to),
    ...section('People', peopleTable(report)),
    ...section('Sessions', sessionTable(report)),
    ...section('Changes', report.files.flatMap(fileParts)),
    ...section('Comments', report.comments.flatMap(threadParts)),
  ];
  if (parts.length === 2) parts.push('Nothing was changed in this time.');
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`## ${title}`, ...parts];
}

function peopleTable({ people }: Report): string[] {
  const rows = people.map(({ name, inserted, deleted, files }) => [
    inline(name),
    String(inserted),
    String(deleted),
    files.map(inline).join(', '),
  ]);
  return table(['Who', 'Written', 'Deleted', 'Files'], rows);
}

function sessionTable({ sessions }: Report): string[] {
  const rows = sessions.map(({ start, end, names, files, inserted, deleted }) => [
    spanText(start, end),
    names.map(inline).join(', '),
    files.map(inline).join(', '),
    `${characters(inserted)} written, ${deleted} deleted`,
  ]);
  return table(['When', 'Who', 'Files', 'What'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')];
}

function fileParts({ path, change, hunks }: Report['files'][number]): string[] {
  return [`### ${inline(path)}`, inline(change), ...hunks.map(diffBlock)];
}

const MARKS = { same: ' ', removed: '-', added: '+' } as const;

function diffBlock({ before, after, removed, inserted, lines, names }: LineHunk): string {
  const head = `@@ -${before},${removed} +${after},${inserted} @@ ${oneLine(names.join(', '))}`;
  return fenced([head.trimEnd(), ...lines.map(({ kind, text }) => MARKS[kind] + oneLine(text))].join('\n'), 'diff');
}

/** A block whose fence is longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function threadParts({ path, line, quote, proposed, end, messages }: Report['comments'][number]): string[] {
  const place = [path === null ? '' : inline(path), line === null ? '' : `line ${line + 1}`].filter(
    (part) => part !== '',
  );
  const state = end === null ? '' : ` (${inline(end)})`;
  return [
    `### ${place.join(', ') || 'Project'}${state}`,
    ...(quote === '' ? [] : [fenced(quote, '')]),
    ...(proposed === null ? [] : ['Suggests:', fenced(proposed, '')]),
    ...messages.map(({ name, time, text }) => `**${inline(name)}**, ${timeText(time)}: ${inline(text)}`),
  ];
}

/** Text as text: nothing in it is markup. */
function inline(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]()<>#+\-.!|~&:@]/g, '\\$&');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}
