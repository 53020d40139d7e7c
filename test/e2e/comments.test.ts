import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, ID, TablesDB, Teams, Users } from 'node-appwrite';
import { beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { reply } from '../../src/core/review/actions.ts';
import { LOG_NAME } from '../../src/core/review/events.ts';
import type { Role } from '../../src/core/roles.ts';
import { settled, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
const CODE = 'const one = 1;\nconst two = 2;\nconst three = 3;\n';

/** Ana and Bob may edit, Rita reviews; all have the same file open. */
let ana: Tab;
let bob: Tab;
let rita: Tab;
let project = '';
let file = '';

function client(): Client {
  return new Client().setEndpoint(`${stage.product.url}/v1`).setProject('cowrite');
}

function byKey(): Client {
  return client().setKey(readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim());
}

function userIdOf(tab: Tab): Promise<string> {
  return tab.page.evaluate(async () => {
    const response = await fetch('/v1/account', { headers: { 'x-appwrite-project': 'cowrite' } });
    return ((await response.json()) as { $id: string }).$id;
  });
}

async function arrive(name: string, link: string): Promise<Tab> {
  const tab = await stage.arrive(name, link);
  await tab.openFile('main.ts');
  return tab;
}

async function comment(tab: Tab, text: string): Promise<void> {
  await tab.press('Control+Alt+m');
  await tab.byId('composer').locator('textarea').fill(text);
  await tab.press('Control+Enter');
  await tab.byId('composer').waitFor({ state: 'hidden' });
}

function thread(tab: Tab, text: string) {
  return tab.byId('thread').filter({ hasText: text });
}

async function showComments(tab: Tab): Promise<void> {
  if ((await tab.byId('panel-comments').count()) === 0) await tab.byId('toggle-comments').click();
  await tab.byId('panel-comments').waitFor();
}

beforeAll(async () => {
  ana = await stage.arrive('Ana');
  await ana.createProject('Review');
  await ana.createFile('main.ts');
  await ana.focusEditor();
  for (const line of CODE.trimEnd().split('\n')) {
    await ana.type(line);
    await ana.press('Enter');
  }
  await ana.waitForText(CODE);
  const [, projectId = '', fileId = ''] = /\/p\/([^/]+)\/f\/([^/]+)/.exec(ana.page.url()) ?? [];
  project = projectId;
  file = fileId;
  const [editing, reviewing] = [await ana.invite(), await ana.invite('reviewer')];
  [bob, rita] = await Promise.all([arrive('Bob', editing), arrive('Rita', reviewing)]);
  await settled(ana, bob);
});

describe('comments', () => {
  it('[P42] a comment keeps its place while others type before it; replies, resolving and what is new reach everybody', async () => {
    await ana.selectLine(2);
    await comment(ana, 'Why two?');
    await bob.byId('badge-comments').waitFor();
    await bob.byId('tree-comments').waitFor();
    await bob.focusEditor();
    await bob.press('Control+Home');
    await bob.type('// a new first line\n');
    await showComments(bob);
    await expect.poll(() => thread(ana, 'Why two?').locator('.thread-line').textContent()).toBe('Line 3');
    await expect.poll(() => thread(bob, 'Why two?').locator('.thread-line').textContent()).toBe('Line 3');
    expect(await thread(bob, 'Why two?').getAttribute('data-place')).toBe('exact');
    await bob.byId('badge-comments').waitFor({ state: 'hidden' });
    await thread(bob, 'Why two?').getByTestId('thread-reply').click();
    await bob.type('Because @An');
    await bob.byId('mention-option').first().click();
    await bob.press('Control+Enter');
    await thread(ana, 'Because').waitFor();
    expect(await thread(ana, 'Because').locator('.mention.me').textContent()).toBe('@Ana');
    expect(await thread(ana, 'Because').getByTestId('comment-author').allTextContents()).toEqual(['Ana', 'Bob']);
    await thread(bob, 'Why two?').getByTestId('thread-resolve').click();
    await thread(ana, 'Why two?').waitFor({ state: 'hidden' });
    await ana.byId('filter-closed').click();
    expect(await ana.byId('thread-decision').textContent()).toContain('Resolved by Bob');
    await ana.byId('thread-reopen').click();
    await thread(bob, 'Why two?').waitFor();
    await ana.byId('filter-open').click();
    await thread(ana, 'Why two?').waitFor();
    expect(ana.errors).toEqual([]);
  });

  it('a reviewer comments offline: it waits on the device through a reload, and arrives; the text does not change', async () => {
    await rita.setOffline(true);
    await rita.selectLine(4);
    await comment(rita, 'Written on a train');
    await rita.waitForStatus('offline');
    await rita.page.waitForTimeout(500);
    await bob.focusEditor();
    await bob.press('Control+Home');
    await bob.type('// while Rita is away\n');
    expect(await thread(ana, 'Written on a train').count()).toBe(0);
    await rita.page.reload();
    await rita.waitForEditor();
    await showComments(rita);
    await thread(rita, 'Written on a train').waitFor();
    await rita.setOffline(false);
    await thread(ana, 'Written on a train').waitFor();
    await expect.poll(() => thread(ana, 'Written on a train').locator('.thread-line').textContent()).toBe('Line 5');
    expect(await thread(ana, 'Written on a train').getByTestId('comment-author').textContent()).toBe('Rita');
    expect(await thread(ana, 'Written on a train').getByTestId('comment').getAttribute('data-proof')).toBe('stamped');
    await rita.focusEditor();
    await rita.type('must not arrive');
    expect(await settled(ana, bob)).not.toContain('must not arrive');
    expect(await rita.text()).not.toContain('must not arrive');
  });

  it('a thread whose text is deleted shows what it was about', async () => {
    await bob.selectLine(4);
    await bob.press('Backspace');
    await bob.press('Backspace');
    const orphan = thread(ana, 'Why two?');
    await expect.poll(() => orphan.getAttribute('data-place')).toBe('orphaned');
    expect(await orphan.getByTestId('thread-quote').textContent()).toBe('const two = 2;');
    expect(await orphan.getByTestId('thread-note').textContent()).toContain('deleted');
  });
});

it('a click beside the line numbers begins a comment on the line; Escape leaves it', async () => {
  const gutter = await ana.byId('editor').locator('.margin').first().boundingBox();
  if (!gutter) throw new Error('no gutter');
  await ana.page.mouse.move(gutter.x + 8, gutter.y + 18);
  await ana.page.locator('.cw-glyph-add').waitFor();
  await ana.page.mouse.click(gutter.x + 8, gutter.y + 18);
  await ana.byId('composer').locator('textarea').waitFor();
  expect(await ana.byId('composer').locator('pre').textContent()).toContain('// while Rita is away');
  await ana.press('Escape');
  await ana.byId('composer').waitFor({ state: 'hidden' });
});

describe('suggestions', () => {
  it('a reviewer suggests inside the editor, an editor accepts: both names stay with it, and Ctrl+Z takes it back', async () => {
    await rita.selectLine(3);
    await rita.press('Control+Shift+Alt+M');
    await rita.byId('suggest-text').fill('const one = 1.5;');
    await rita.byId('suggest-note').fill('More exact');
    await rita.byId('suggest-send').click();
    await rita.byId('suggestion-inline').waitFor();
    expect(await rita.byId('inline-accept').count()).toBe(0);
    await bob.byId('suggestion-inline').waitFor();
    expect(await bob.byId('suggestion-new').textContent()).toBe('const one = 1.5;');
    await bob.byId('inline-accept').click();
    await expect.poll(() => ana.text()).toContain('const one = 1.5;');
    await ana.byId('filter-closed').click();
    const done = thread(ana, 'More exact');
    await expect.poll(() => done.getByTestId('thread-decision').textContent()).toContain('Accepted by Bob');
    expect(await done.getByTestId('comment-author').textContent()).toBe('Rita');
    await bob.focusEditor();
    await bob.press('Control+z');
    await expect.poll(() => ana.text()).toContain('const one = 1;');
  });

  it('is declined, and stays to be read; where the text has changed since, accepting asks first', async () => {
    await rita.selectLine(3);
    await rita.press('Control+Shift+Alt+M');
    await rita.byId('suggest-text').fill('const uno = 1;');
    await rita.press('Control+Enter');
    await showComments(ana);
    await ana.byId('filter-open').click();
    await ana.byId('suggestion-decline').click();
    await ana.byId('filter-closed').click();
    await expect
      .poll(() => thread(ana, 'uno').getByTestId('thread-decision').textContent())
      .toContain('Declined by Ana');
    await rita.byId('suggestion-inline').waitFor({ state: 'hidden' });

    await rita.selectLine(3);
    await rita.press('Control+Shift+Alt+M');
    await rita.byId('suggest-text').fill('const eins = 1;');
    await rita.press('Control+Enter');
    await bob.byId('suggestion-inline').waitFor();
    await bob.selectLine(3);
    await bob.press('Home');
    for (let i = 0; i < 8; i++) await bob.press('ArrowRight');
    await bob.type('X');
    await bob.byId('inline-accept').click();
    await bob.byId('confirm-submit').filter({ visible: true }).click();
    await expect.poll(() => settled(ana, bob)).toContain('const eins = 1;');
  });
});

describe('who may, and who it was', () => {
  it('[P15] a viewer reads and cannot write, and the server would not take it either [STAMP-2]', async () => {
    const vic = await arrive('Vic', await ana.invite('viewer'));
    await showComments(vic);
    await thread(vic, 'Written on a train').waitFor();
    await vic.byId('comments-readonly').waitFor();
    expect(await vic.byId('thread-reply').count()).toBe(0);
    await vic.focusEditor();
    await vic.press('Control+Alt+m');
    expect(await vic.byId('composer').count()).toBe(0);

    const userId = await userIdOf(vic);
    const { secret } = await new Users(byKey()).createSession({ userId });
    const rows = new TablesDB(client().setSession(secret));
    const doc = new Y.Doc();
    doc.getArray(LOG_NAME).push([{ kind: 'thread' }]);
    const send = (role: Role) => {
      const stamp = { project, role, author: userId };
      const { id, permissions, ...data } = encodeUpdateRow(ID.unique(), `r${file}`, Y.encodeStateAsUpdate(doc), stamp);
      return rows.createRow({
        databaseId: 'cowrite',
        tableId: 'updates',
        rowId: id,
        data,
        permissions: [...permissions],
      });
    };
    await expect(send('reviewer')).rejects.toMatchObject({ code: 401 });
    await send('viewer');
    await ana.byId('status').click();
    await expect.poll(() => ana.byId('status-quarantined').textContent()).toContain('1');
    await ana.press('Escape');
  });

  it('[STAMP-3] [P44] a comment in the name of another is shown under the name that its stamp proves', async () => {
    const { $id: eveId } = await new Users(byKey()).create({
      userId: ID.unique(),
      email: 'eve@example.com',
      name: 'Eve',
    });
    await new Teams(byKey()).createMembership({ teamId: project, roles: ['reviewer'], userId: eveId });
    const anaId = await userIdOf(ana);
    await ana.byId('filter-open').click();
    const target = await thread(ana, 'Written on a train').getAttribute('data-thread');
    const { secret } = await new Users(byKey()).createSession({ userId: eveId });
    const doc = new Y.Doc();
    reply(doc, { id: 'forged1', by: anaId, at: Date.now() }, target ?? '', { text: 'I, Ana, agree.', people: [] });
    const stamp = { project, role: 'reviewer' as const, author: eveId };
    const { id, permissions, ...data } = encodeUpdateRow(ID.unique(), `r${file}`, Y.encodeStateAsUpdate(doc), stamp);
    await new TablesDB(client().setSession(secret)).createRow({
      databaseId: 'cowrite',
      tableId: 'updates',
      rowId: id,
      data,
      permissions: [...permissions],
    });
    const forged = bob.byId('comment').filter({ hasText: 'I, Ana, agree.' });
    await forged.waitFor();
    expect(await forged.getAttribute('data-proof')).toBe('contradicted');
    expect(await forged.getAttribute('data-author')).toBe(eveId);
    expect(await forged.getByTestId('comment-author').textContent()).not.toBe('Ana');
    expect(await forged.getByTestId('forged').getAttribute('aria-label')).toContain('claims to be by Ana');
    expect([...ana.errors, ...bob.errors, ...rita.errors]).toEqual([]);
  });
});
