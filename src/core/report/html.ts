import type { LineHunk, Report } from './review.ts';
import { characters, periodText, spanText, timeText } from './words.ts';

/** A report as one HTML page without scripts, which needs nothing else. Whatever the texts hold, they stay texts. */
export function reportAsHtml(report: Report): string {
  const { title, from, to } = report;
  const body = [
    section('People', peopleTable(report)),
    section('Sessions', sessionTable(report)),
    section('Changes', report.files.map(file).join('')),
    section('Comments', report.comments.map(thread).join('')),
  ].join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${periodText(from, to)}</p>
${body || '<p>Nothing was changed in this time.</p>\n'}</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.25rem 0.5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
pre, .diff td { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.diff { border: 1px solid var(--line); margin: 0.5rem 0; }
.diff td { border: 0; padding: 0 0.5rem; }
.diff .who { font: 12px/1.7 system-ui, sans-serif; white-space: nowrap; opacity: 0.7; width: 1%; }
.added { background: color-mix(in srgb, #2da44e 18%, transparent); }
.removed { background: color-mix(in srgb, #cf222e 15%, transparent); }
.change, time { opacity: 0.7; }
blockquote { margin: 0.5rem 0; padding-left: 0.75rem; border-left: 3px solid var(--line); }
`;

function section(title: string, content: string): string {
  return content === '' ? '' : `<h2>${title}</h2>\n${content}`;
}

function peopleTable({ people }: Report): string {
  const rows = people.map(
    ({ name, inserted, deleted, files }) =>
      `<tr><td>${escaped(name)}</td><td class="number">${inserted}</td><td class="number">${deleted}</td>` +
      `<td>${escaped(files.join(', '))}</td></tr>\n`,
  );
  return table('<th>Who</th><th class="number">Written</th><th class="number">Deleted</th><th>Files</th>', rows);
}

function sessionTable({ sessions }: Report): string {
  const rows = sessions.map(
    ({ start, end, names, files, inserted, deleted }) =>
      `<tr><td>${spanText(start, end)}</td><td>${escaped(names.join(', '))}</td><td>${escaped(files.join(', '))}</td>` +
      `<td>${characters(inserted)} written, ${deleted} deleted</td></tr>\n`,
  );
  return table('<th>When</th><th>Who</th><th>Files</th><th>What</th>', rows);
}

function table(head: string, rows: readonly string[]): string {
  return rows.length === 0
    ? ''
    : `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('')}</tbody>\n</table>\n`;
}

function file({ path, change, hunks }: Report['files'][number]): string {
  return `<h3>${escaped(path)} <span class="change">${escaped(change)}</span></h3>\n${hunks.map(hunkTable).join('')}`;
}

const MARKS = { same: ' ', removed: '−', added: '+' } as const;

function hunkTable({ before, after, lines }: LineHunk): string {
  const rows = lines.map(
    ({ kind, text, names }) =>
      `<tr class="${kind}"><td class="who">${escaped(names.join(', '))}</td>` +
      `<td>${MARKS[kind]} ${escaped(text)}</td></tr>\n`,
  );
  return `<table class="diff" aria-label="Line ${before} before, ${after} after">\n${rows.join('')}</table>\n`;
}

function thread({ path, line, quote, proposed, end, messages }: Report['comments'][number]): string {
  const place = [path, line === null ? null : `line ${line + 1}`].filter((part) => part !== null).join(', ');
  const state = end === null ? '' : ` <span class="change">${escaped(end)}</span>`;
  const quoted = quote === '' ? '' : `<blockquote><pre>${escaped(quote)}</pre></blockquote>\n`;
  const suggested = proposed === null ? '' : `<p>Suggests:</p>\n<pre>${escaped(proposed)}</pre>\n`;
  const said = messages.map(
    ({ name, time, text }) =>
      `<p><strong>${escaped(name)}</strong> <time>${timeText(time)}</time><br>${escaped(text).replaceAll('\n', '<br>')}</p>\n`,
  );
  return `<h3>${escaped(place || 'Project')}${state}</h3>\n${quoted}${suggested}${said.join('')}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
