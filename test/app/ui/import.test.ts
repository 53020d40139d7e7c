import { describe, expect, it } from 'vitest';
import { decodeText, readImport } from '../../../src/app/tree/import.ts';
import { MAX_IMPORT_BYTES } from '../../../src/core/limits.ts';
import { TreeActions } from '../../../src/app/project/tree-actions.ts';
import type { Toast } from '../../../src/app/ui/events.ts';
import { FakeProject } from './fake-app.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);

describe('reading a file', () => {
  it('takes UTF-8 with and without a mark, and UTF-16 with one', () => {
    expect(decodeText(new TextEncoder().encode('grüß 😀'))).toBe('grüß 😀');
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61))).toBe('a');
    expect(decodeText(bytes(0xff, 0xfe, 0x61, 0x00))).toBe('a');
    expect(decodeText(bytes(0xfe, 0xff, 0x00, 0x61))).toBe('a');
    expect(decodeText(bytes())).toBe('');
  });

  it('refuses what is no text', async () => {
    expect(decodeText(bytes(0x89, 0x50, 0x4e, 0x47, 0, 1))).toBeNull();
    expect(decodeText(bytes(0x61, 0, 0x62))).toBeNull();
    const imported = await readImport(new File([bytes(0xff, 0xd8, 0xff)], 'photo.jpg'));
    expect(imported).toEqual({ ok: false, problem: '“photo.jpg” was not imported: it is not a text file.' });
  });

  it('takes 5 MB, and says what is wrong with more', async () => {
    const most = await readImport(new File(['x'.repeat(MAX_IMPORT_BYTES)], 'most.txt'));
    expect(most.ok).toBe(true);
    const more = await readImport(new File(['x'.repeat(MAX_IMPORT_BYTES + 600_000)], 'more.txt'));
    expect(more).toEqual({
      ok: false,
      problem: '“more.txt” was not imported: it has 5.6 MB, and files have at most 5 MB.',
    });
  });

  it('explains a name that cannot be used', async () => {
    const imported = await readImport(new File(['x'], 'aux.txt'));
    expect(imported.ok ? '' : imported.problem).toContain('reserved by Windows');
  });
});

describe('importing', () => {
  function setUp(): { project: FakeProject; actions: TreeActions; toasts: Toast[]; opened: string[] } {
    const project = new FakeProject();
    const toasts: Toast[] = [];
    const opened: string[] = [];
    const actions = new TreeActions({
      session: () => project,
      openFile: (id) => opened.push(id),
      download: () => {},
      toast: (toast) => toasts.push(toast),
    });
    return { project, actions, toasts, opened };
  }

  it('[EDIT-1] stores line feeds only', async () => {
    const { project, actions, opened } = setUp();
    await actions.run({ kind: 'import', files: [new File(['a\r\nb\rc\n'], 'a.txt')], parent: null });
    expect(opened).toHaveLength(1);
    expect(
      project
        .textOf(opened[0] ?? '')
        .getText('text')
        .toJSON(),
    ).toBe('a\nb\nc\n');
  });

  it('takes another name rather than making a conflict', async () => {
    const { project, actions } = setUp();
    project.createFile('a.txt', null);
    await actions.run({ kind: 'import', files: [new File(['1'], 'a.txt'), new File(['2'], 'a.txt')], parent: null });
    expect(project.tree.value.roots.map((node) => node.name)).toEqual(['a 2.txt', 'a 3.txt', 'a.txt']);
  });

  it('imports the good ones and says what is wrong with the others', async () => {
    const { project, actions, toasts } = setUp();
    const files = [new File([bytes(0xff, 0xd8)], 'bad.jpg'), new File(['x'], 'good.txt')];
    await actions.run({ kind: 'import', files, parent: null });
    expect(project.tree.value.roots.map((node) => node.name)).toEqual(['good.txt']);
    expect(toasts.map((toast) => toast.tone)).toEqual(['danger', 'success']);
  });
});
