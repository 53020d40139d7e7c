import { afterEach, expect, it, vi } from 'vitest';
import { gitCommand } from '../../../src/app/history/export.ts';
import { HistoryMenu } from '../../../src/app/history/history-menu.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { mount, unmountAll } from '../ui/support.ts';

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
});

it('the export of the history for git says what to do with the file', async () => {
  const project = new FakeProject();
  const names: string[] = [];
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:nothing');
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  const menu = Object.assign(new HistoryMenu(), { session: project, role: 'editor', file: null });
  const told: string[] = [];
  menu.addEventListener('toast', ({ detail: { message } }) => told.push(message));
  await mount(menu);
  await menu.export('git');
  expect(names).toHaveLength(1);
  expect(told).toEqual([expect.stringContaining(gitCommand(names[0] ?? ''))]);
  await menu.export('zip');
  expect(told).toHaveLength(1);
  project.history.close();
});

it('the command names the branch, whatever git is set to, and survives names with quotes', () => {
  expect(gitCommand("Ana's $(x) – V 1.fi")).toBe(
    "git init -b main 'Ana'\\''s $(x) – V 1' && cd 'Ana'\\''s $(x) – V 1' && " +
      "git fast-import < '../Ana'\\''s $(x) – V 1.fi' && git checkout main",
  );
});
