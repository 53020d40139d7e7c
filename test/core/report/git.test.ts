import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { gitPaths, gitStream } from '../../../src/core/report/git.ts';
import { namesOf } from '../../../src/core/report/people.ts';
import type { Version } from '../../../src/core/history/versions.ts';
import { at, sampleStory, Story } from './project.ts';

// Each test starts git a dozen times; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Runs git without anybody's settings. Fails with what git says, or with what to do if there is none. */
function git(folder: string, args: readonly string[], input = ''): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr, error } = spawnSync('git', ['-c', 'core.quotepath=off', ...args], {
    cwd: folder,
    input,
    env,
  });
  if (error) throw new Error(`These tests need git: install it and put it on the PATH (${error.message}).`);
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.toString()}`);
  return stdout.toString();
}

/** The repository that a stream makes, checked by git itself. */
function repositoryOf(stream: string): (...args: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), 'cowrite-git-'));
  folders.push(folder);
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  git(folder, ['fast-import', '--quiet'], stream);
  const complaints = git(folder, ['fsck', '--strict', '--full', '--no-dangling', '--no-progress']);
  expect(complaints).toBe('');
  return (...args) => git(folder, args);
}

const version: Version = {
  id: 'v1',
  name: 'First draft: ~almost^ done..',
  description: 'As sent to <the editor>',
  doc: null,
  row: null,
  time: at(4),
  author: 'ana',
  createdAt: 0,
};

const people = new Map([
  ['ana', { name: 'Ana <ana@home>\n"Óscar"' }],
  ['bob', { name: 'Bob' }],
]);

describe('a project as a git repository', () => {
  it('has a commit for each session, with the paths and texts of then', () => {
    const { project } = sampleStory();
    const run = repositoryOf([...gitStream({ project, names: namesOf(people) })].join(''));
    expect(run('log', '--reverse', '--format=%an|%ae|%aI|%s').trim().split('\n')).toEqual([
      "Bob|bob@cowrite.invalid|2026-01-05T09:05:00+00:00|.git/config.txt, README.md, naïve – 日本 😀 'quoted' $HOME.txt and 1 more",
      'Bob|bob@cowrite.invalid|2026-01-05T10:04:00+00:00|README.md',
    ]);
    expect(run('ls-tree', '-r', '--name-only', '-z', 'main~1').split('\0').filter(Boolean)).toEqual([
      'README.md',
      '_.git/config.txt',
      "naïve – 日本 😀 'quoted' $HOME.txt",
      'src/main.ts',
    ]);
    expect(run('ls-tree', '-r', '--name-only', 'main').trim().split('\n')).toEqual([
      'README.md',
      '_.git/config.txt',
      'index.ts',
    ]);
    expect(run('show', "main~1:naïve – 日本 😀 'quoted' $HOME.txt")).toBe('smile 😀\n');
    expect(run('show', 'main:README.md')).toBe('# Hi\n\nFIRST & <b>only</b>\nsecond\nthird\n');
    expect(run('show', 'main:index.ts')).toBe('const a = 1;\r\nconst b = 2;\r\n');
  });

  it('names those who worked together as co-authors', () => {
    const { project } = sampleStory();
    const run = repositoryOf([...gitStream({ project, names: namesOf(people) })].join(''));
    const trailers = run('log', '--reverse', '--format=%(trailers:key=Co-authored-by,valueonly)').trim().split(/\n+/);
    expect(trailers).toEqual(Array(2).fill('Ana ana@home "Óscar <ana@cowrite.invalid>'));
    expect(run('log', '--format=%b', '-1', 'main')).toContain('Bob: 19 characters written, 5 deleted');
  });

  it('[P45] has a tag for each version, at its moment', () => {
    const { project } = sampleStory();
    const versions = [version, { ...version, id: 'v2', time: at(61) }, { ...version, id: 'v3', time: at(-10) }];
    const run = repositoryOf([...gitStream({ project, names: namesOf(people), versions })].join(''));
    expect(run('tag', '--list').trim().split('\n')).toEqual(['First-draft-almost-done', 'First-draft-almost-done-2']);
    expect(run('ls-tree', '-r', '--name-only', 'First-draft-almost-done').includes('config.txt')).toBe(true);
    expect(() => run('show', 'First-draft-almost-done:_.git/config.txt')).not.toThrow();
    expect(run('show', 'First-draft-almost-done-2:README.md')).toContain('# Hi');
    expect(run('cat-file', '-p', 'First-draft-almost-done')).toContain('As sent to <the editor>');
  });

  it('of nothing is an empty repository', () => {
    const { project } = new Story();
    const run = repositoryOf([...gitStream({ project, names: (id) => id, versions: [version] })].join(''));
    expect(run('rev-list', '--all')).toBe('');
  });

  it('survives texts and names that look like commands', () => {
    const story = new Story();
    story.create('eve', 0, 'a', 'commit refs-heads.txt');
    story.create('eve', 0, 'b', 'from main.txt');
    story.write('eve', 1, 'a', 0, 0, 'done\ncommit refs/heads/main\ndata 5\n');
    story.write('eve', 1, 'b', 0, 0, `half of an emoji \ud83d, ${'x'.repeat(20)}`);
    const names = (): string => '> \n\0<<';
    const run = repositoryOf([...gitStream({ project: story.project, names })].join(''));
    expect(run('show', 'main:commit refs-heads.txt')).toBe('done\ncommit refs/heads/main\ndata 5\n');
    expect(run('show', 'main:from main.txt')).toBe(`half of an emoji \ufffd, ${'x'.repeat(20)}`);
    expect(run('log', '--format=%an <%ae>')).toBe('eve <eve@cowrite.invalid>\n');
  });

  it('gives no path to git that git keeps for itself, and none twice', () => {
    const paths = ['.git/a', 'a/.GIT/b', 'git~1', '.g\u200cit', '.gitignore', '_.git/a', 'ok.txt'];
    expect(gitPaths(paths)).toEqual([
      '_.git/a',
      'a/_.GIT/b',
      '_git~1',
      '_.g\u200cit',
      '.gitignore',
      '_.git/a_',
      'ok.txt',
    ]);
  });
});
