import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
let ana: Visitor;
let bob: Visitor;
let anaTab: Tab;
let bobTab: Tab;

beforeAll(async () => {
  ana = await Visitor.arrive(stage.browser);
  bob = await Visitor.arrive(stage.browser);
  await ana.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stage.product.url });
  anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject('Editing');
  await anaTab.createFile('first.txt');
  bobTab = await bob.open(await anaTab.invite());
  await bobTab.continueAsGuest('Bob');
  await bobTab.byId('file-tree').waitFor();
});

afterEach(() => {
  expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
});

let count = 0;

/** Both in a new, empty file. */
async function newFile(): Promise<void> {
  const name = `file${count++}.txt`;
  await anaTab.createFile(name);
  await bobTab.openFile(name);
  await anaTab.focusEditor();
}

async function paste(text: string): Promise<void> {
  await anaTab.page.evaluate((each) => navigator.clipboard.writeText(each), text);
  await anaTab.press('Control+v');
}

async function importFile(name: string, content: Buffer): Promise<void> {
  await anaTab.byId('import-input').setInputFiles({ name, mimeType: 'text/plain', buffer: content });
  await anaTab.openFile(name);
}

describe('editing', () => {
  beforeEach(newFile);

  it('[P29] [EDIT-1] pasted Windows line ends become plain ones on both sides', async () => {
    await paste('one\r\ntwo\rthree\nfour');
    expect(await settled(anaTab, bobTab)).toBe('one\ntwo\nthree\nfour');
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('!');
    expect(await settled(anaTab, bobTab)).toBe('one\ntwo\nthree\nfour!');
  });

  it('[P35] [EDIT-4] emoji survive typing and deleting around and inside them on both sides', async () => {
    await paste('a😀b👩‍👩‍👧‍👦c');
    expect(await settled(anaTab, bobTab)).toBe('a😀b👩‍👩‍👧‍👦c');
    await bobTab.focusEditor();
    await bobTab.press('Home');
    await bobTab.press('ArrowRight');
    await bobTab.press('ArrowRight');
    await bobTab.type('x');
    await anaTab.press('Home');
    await anaTab.press('Delete');
    await anaTab.press('Delete');
    const text = await settled(anaTab, bobTab);
    expect(text).toBe('xb👩‍👩‍👧‍👦c');
    expect(text.isWellFormed()).toBe(true);
  });

  it('[P36] a pasted megabyte reaches the other', async () => {
    const line = `${'lorem ipsum dolor sit amet '.repeat(4)}\n`;
    const text = line.repeat(Math.ceil(1_000_000 / line.length));
    await paste(text);
    await expect.poll(async () => (await bobTab.text()).length, { timeout: 60_000 }).toBe(text.length);
    expect(await settled(anaTab, bobTab)).toBe(text);
  });

  it('[P36] many cursors type at once, and one undo takes it back', async () => {
    await paste(Array.from({ length: 200 }, () => 'x').join('\n'));
    await settled(anaTab, bobTab);
    await anaTab.press('Control+a');
    await anaTab.press('Shift+Alt+i');
    await anaTab.type('Q');
    expect((await settled(anaTab, bobTab)).split('Q').length - 1).toBe(200);
    await anaTab.press('Control+z');
    expect(await settled(anaTab, bobTab)).not.toContain('Q');
  });
});

describe('importing', () => {
  it('[P29] [EDIT-1] a file with Windows line ends is kept with plain ones, and exported as it came', async () => {
    await importFile('windows.txt', Buffer.from('one\r\ntwo\r\n'));
    await anaTab.waitForText('one\ntwo\n');
    await bobTab.openFile('windows.txt');
    expect(await settled(anaTab, bobTab)).toBe('one\ntwo\n');
    expect(await anaTab.byId('bar-line-ending').textContent()).toContain('CRLF');
    const [download] = await Promise.all([anaTab.page.waitForEvent('download'), anaTab.byId('download').click()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk as Buffer));
    expect(Buffer.concat(chunks).toString()).toBe('one\r\ntwo\r\n');
  });

  it('[P36] a file of 5 MB arrives whole and can be edited by both', async () => {
    const line = `${'0123456789'.repeat(9)}\n`;
    const text = line.repeat(Math.floor((5 * 1024 * 1024) / line.length));
    await importFile('large.txt', Buffer.from(text));
    await bobTab.openFile('large.txt');
    await expect.poll(async () => (await bobTab.text()).length, { timeout: 90_000 }).toBe(text.length);
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('the end');
    await anaTab.focusEditor();
    await anaTab.press('Control+Home');
    await anaTab.type('start ');
    expect(await settled(anaTab, bobTab)).toBe(`start ${text}the end`);
  });
});
