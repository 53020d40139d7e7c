import { describe, expect, it } from 'vitest';
import { authorsEver } from '../../../src/core/history/project-history.ts';
import { reportAsHtml } from '../../../src/core/report/html.ts';
import { reportAsMarkdown } from '../../../src/core/report/markdown.ts';
import { namesOf } from '../../../src/core/report/people.ts';
import { buildReport, type Report, type ReportComment } from '../../../src/core/report/review.ts';
import { at, sampleStory, Story } from './project.ts';

const EVIL = '<script>alert(1)</script> | `rm` [x](javascript:1)';

const names = namesOf(
  new Map([
    ['ana', { name: 'Ana' }],
    ['bob', { name: EVIL }],
  ]),
);

const comment: ReportComment = {
  file: 'readme',
  line: 2,
  quote: 'FIRST ``` fence',
  author: 'ana',
  time: at(70),
  text: `Why?\n${EVIL}`,
  proposed: 'first ``` draft',
  end: { kind: 'declined', by: 'bob' },
  replies: [{ author: 'bob', time: at(71), text: 'Because.' }],
};

function report(from = at(30), to = at(90)): Report {
  return buildReport({ title: 'Demo <1>', project: sampleStory().project, from, to, names, comments: [comment] });
}

describe('a report of a period', () => {
  it('says who did how much, when and where', () => {
    const { people, sessions, files } = report();
    expect(people).toEqual([
      { name: EVIL, inserted: 19, deleted: 5, updates: 1, files: ['README.md'] },
      { name: 'Ana', inserted: 2, deleted: 5, updates: 4, files: ['README.md', 'files and folders'] },
    ]);
    expect(sessions).toEqual([
      {
        start: at(60),
        end: at(64),
        names: ['Ana', EVIL],
        files: ['README.md', 'files and folders'],
        inserted: 21,
        deleted: 10,
      },
    ]);
    expect(files.map(({ path, change }) => [path, change])).toEqual([
      ['README.md', 'changed'],
      ['index.ts', 'moved from src/main.ts'],
      ["naïve – 日本 😀 'quoted' $HOME.txt", 'deleted'],
    ]);
  });

  it('[STAMP-3] shows each changed line with who wrote it or deleted from it', () => {
    const [readme] = report().files;
    expect(readme?.hunks).toEqual([
      {
        before: 1,
        after: 1,
        removed: 5,
        inserted: 5,
        names: ['Ana', EVIL],
        lines: [
          { kind: 'removed', text: '# Hello', names: ['Ana'] },
          { kind: 'added', text: '# Hi', names: ['Ana'] },
          { kind: 'same', text: '', names: [] },
          { kind: 'removed', text: 'first', names: [EVIL] },
          { kind: 'added', text: 'FIRST & <b>only</b>', names: [EVIL, 'Ana'] },
          { kind: 'same', text: 'second', names: [] },
          { kind: 'same', text: 'third', names: [] },
        ],
      },
    ]);
  });

  it('of all time names no day that nobody worked on', () => {
    const all = report(0, Infinity);
    expect([all.from, all.to]).toEqual([0, at(64)]);
    expect(reportAsMarkdown(all)).toContain('From the beginning to 2026-01-05 10:04 UTC');
    expect(reportAsHtml(all)).toContain('From the beginning to 2026-01-05 10:04 UTC');
  });

  it('leaves out what is before and after', () => {
    const { people, files, sessions } = report(at(60), at(60.5));
    expect([people, files, sessions]).toEqual([[], [], []]);
    expect(report(at(-1), at(3)).files.map(({ path }) => path)).toContain('src/main.ts');
  });
});

describe('the comments of a report', () => {
  it('say what was proposed, and who decided how', () => {
    expect(reportAsMarkdown(report())).toContain('(declined by \\<script');
    expect(reportAsMarkdown(report())).toContain('Suggests:\n\n````\nfirst ``` draft\n````');
    const html = reportAsHtml(report());
    expect(html).toContain('<p>Suggests:</p>\n<pre>first ``` draft</pre>');
    expect(html).toContain('declined by &lt;script&gt;');
  });

  it('name who did nothing else, and files that are deleted', () => {
    const mine = { ...comment, file: 'odd', author: 'cleo', replies: [] };
    const { project } = sampleStory();
    const options = { title: 'Demo', project, from: at(65), to: at(90), names };
    const told = buildReport({ ...options, comments: [mine] });
    const path = "naïve – 日本 😀 'quoted' $HOME.txt (deleted)";
    expect(told.people).toEqual([{ name: 'cleo', inserted: 0, deleted: 0, updates: 0, files: [path] }]);
    expect(told.comments[0]?.path).toBe(path);
    expect(buildReport({ ...options, comments: [{ ...mine, time: at(1) }] }).people).toEqual([]);
  });
});

describe('people of one name', () => {
  it('[STAMP-3] are told apart, by who came first', () => {
    const { project } = sampleStory();
    const both = new Map([
      ['aaa', { name: 'ANA' }],
      ['bob', { name: ' Ana' }],
      ['ana', { name: 'Ana' }],
    ]);
    const shown = namesOf(both, authorsEver(project));
    expect(['ana', 'bob', 'aaa', 'gone'].map(shown)).toEqual(['Ana', 'Ana (2)', 'ANA (3)', 'gone']);
  });
});

describe('as HTML', () => {
  it('holds no markup but its own', () => {
    const html = reportAsHtml(report());
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<b>only');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('FIRST &amp; &lt;b&gt;only&lt;/b&gt;');
    expect(html).toContain('<title>Demo &lt;1&gt;</title>');
    for (const tag of 'table tr td th h1 h2 h3 p thead tbody blockquote pre strong time span body head'.split(' ')) {
      const opened = html.match(new RegExp(`<${tag}[ >]`, 'g')) ?? [];
      expect([tag, html.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0]).toEqual([tag, opened.length]);
    }
  });
});

describe('as Markdown', () => {
  it('holds no markup but its own', () => {
    const markdown = reportAsMarkdown(report());
    const prose = markdown.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '');
    expect(prose).toContain('# Demo \\<1\\>');
    expect(prose).toContain('\\<script\\>alert\\(1\\)\\</script\\> \\| \\`rm\\`');
    expect(prose).not.toMatch(/[^\\]<script/);
    expect(markdown).toContain('````\nFIRST ``` fence\n````');
    expect(markdown).toContain('2026-01-05 10:00 to 10:04 UTC');
    expect(prose.split('\n').filter((line) => line.startsWith('| Ana'))).toEqual([
      '| Ana | 2 | 5 | README\\.md, files and folders |',
    ]);
  });

  it('of nothing says so', () => {
    const empty = buildReport({ title: 'Empty', project: new Story().project, from: 0, to: Infinity, names });
    expect(reportAsMarkdown(empty)).toBe('# Empty\n\nFrom the beginning\n\nNothing was changed in this time.\n');
    expect(reportAsHtml(empty)).toContain('Nothing was changed');
  });
});
