import { describe, expect, it } from 'vitest';
import { filesAt, projectChanges, textAt } from '../../../src/core/history/project-history.ts';
import { planProjectRestore } from '../../../src/core/history/project-restore.ts';
import { gitStream } from '../../../src/core/report/git.ts';
import { reportAsMarkdown } from '../../../src/core/report/markdown.ts';
import { buildReport } from '../../../src/core/report/review.ts';
import { at, Story } from '../report/project.ts';

const names = (id: string): string => id;

/** A file is replaced at 60, when another one is written as well, and then its history is removed. */
function purgedStory(isOld = false): Story {
  const story = new Story();
  story.create('ana', 0, 'p', 'p.txt');
  story.create('ana', 0, 'q', 'q.txt');
  story.write('ana', 1, 'p', 0, 0, 'old text\n');
  story.write('ana', 1, 'q', 0, 0, 'other\n');
  story.write('bob', 60, 'p', 0, 8, 'new');
  story.purge('p', isOld);
  return story;
}

describe.each([
  ['', false],
  [', where the purge did not note until when', true],
])('a moment before a purge%s', (_title, isOld) => {
  it('[SNAP-3] has no text, and never that of now', () => {
    const { project } = purgedStory(isOld);
    const [p, q] = filesAt(project, at(2));
    expect([p, q]).toMatchObject([
      { path: 'p.txt', isPurged: true },
      { path: 'q.txt', isPurged: false },
    ]);
    expect([textAt(project, p ?? null), textAt(project, q ?? null)]).toEqual(['', 'other\n']);
    const now = filesAt(project, Infinity)[0] ?? null;
    expect(now?.isPurged).toBe(false);
    expect(textAt(project, now)).toBe('new\n');
  });

  it('[SNAP-3] differs from now in a way that nobody can say', () => {
    const { project } = purgedStory(isOld);
    expect(projectChanges(project, at(2), Infinity)).toMatchObject([
      { kind: 'changed', node: 'p', before: { isPurged: true }, after: { isPurged: false }, textChanged: false },
    ]);
    expect(planProjectRestore(project, at(2))).toMatchObject({ items: [], unread: [], purged: ['p.txt'] });
  });

  it('[SNAP-3] is a commit without the file; what is left of it comes when it was there', () => {
    const stream = [...gitStream({ project: purgedStory(isOld).project, names })].join('');
    const commits = stream.split(/^(?=commit )/m).filter((part) => part.startsWith('commit '));
    expect(commits.map((commit) => [...commit.matchAll(/^M .* "(.*)"$/gm)].map(([, path]) => path))).toEqual([
      ['q.txt'],
      ['p.txt', 'q.txt'],
    ]);
    expect(commits[0]).toContain('Without files whose text of then was removed: p.txt');
    expect(commits[1]).toContain('p.txt\n');
    expect(stream).not.toContain('old text');
  });

  it('[SNAP-3] is told in a report, and what is left is no news', () => {
    const { project } = purgedStory(isOld);
    const report = buildReport({ title: 'P', project, from: at(30), to: Infinity, names });
    expect(report.files).toEqual([
      { path: 'p.txt', change: 'changed; shown since its older history was removed', hunks: [] },
    ]);
    expect(reportAsMarkdown(report)).not.toContain('+new');
    expect(buildReport({ title: 'P', project, from: 0, to: at(3), names }).files).toMatchObject([
      { path: 'p.txt', change: 'added; its text of then was removed from the history', hunks: [] },
      { path: 'q.txt', change: 'added' },
    ]);
  });
});

it('[SNAP-3] the moment of the newest purged change, and what came after it, are known', () => {
  const story = purgedStory();
  story.write('bob', 70, 'p', 0, 3, 'newer');
  const { project } = story;
  const texts = [59, 60, 69, 70].map((minute) => textAt(project, filesAt(project, at(minute))[0] ?? null));
  expect(texts).toEqual(['', 'new\n', 'new\n', 'newer\n']);
  expect(planProjectRestore(project, at(60))).toMatchObject({ items: [{ node: 'p', isPurged: false }], purged: [] });
});
