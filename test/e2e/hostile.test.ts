import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, ID, TablesDB, Teams, Users } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { type Tab, Visitor } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Each would set `ran` if anything took it for HTML, for a style or for script. */
const MARKUP = '"><img src=x onerror=ran=1><svg onload=ran=1></style><script>ran=1</script>';
/** The worst that the name of a file may be. */
const QUOTES = `'onerror='ran=1' &lt;img onerror=ran=1&gt; {}; \${ran=1} javascript&colon;ran=1`;
const visitors: Visitor[] = [];
/** What the browser refused by the policy of the page, in any tab. */
const violations: string[] = [];

async function arrive(url: string): Promise<Tab> {
  const visitor = await Visitor.arrive(stage.browser);
  visitors.push(visitor);
  await visitor.context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`);
    });
  });
  visitor.context.on('console', (message) => {
    const text = message.text();
    if (/violation: |Content Security Policy|TrustedHTML|TrustedScript/.test(text)) violations.push(text);
  });
  return visitor.open(url);
}

/** Elements that only markup of somebody could have made, in all shadow roots. */
function foreignElements(tab: Tab): Promise<{ ran: unknown; found: string[] }> {
  return tab.page.evaluate(() => {
    const found: string[] = [];
    const look = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('*')) {
        const isForeign = element.matches('img[src="x"], [onerror], [onload], script:not([src])');
        if (isForeign) found.push(element.outerHTML.slice(0, 200));
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return { ran: (globalThis as { ran?: unknown }).ran, found };
  });
}

const NOTHING = { ran: undefined, found: [] };

async function show(tab: Tab, panel: 'history' | 'comments'): Promise<void> {
  if ((await tab.byId(`panel-${panel}`).count()) === 0) await tab.byId(`toggle-${panel}`).click();
  await tab.byId(`panel-${panel}`).first().waitFor();
}

/** Somebody with a right to write, and a client of their own: what a form refuses can be written all the same. */
async function writeTree(project: string): Promise<void> {
  const endpoint = `${stage.product.url}/v1`;
  const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
  const client = (): Client => new Client().setEndpoint(endpoint).setProject('cowrite');
  const users = new Users(client().setKey(key));
  const { $id: author } = await users.create({ userId: ID.unique(), email: 'mallory@example.com', name: MARKUP });
  await new Teams(client().setKey(key)).createMembership({ teamId: project, roles: ['editor'], userId: author });
  const { secret } = await users.createSession({ userId: author });
  const doc = new Y.Doc();
  const names = { evilfolder: MARKUP, evilfile: MARKUP, proto: '__proto__', built: 'constructor', amp: QUOTES };
  for (const [id, name] of Object.entries(names)) {
    const node = new Y.Map<unknown>();
    node.set('name', name);
    node.set('parent', null);
    node.set('kind', id === 'evilfolder' ? 'folder' : 'file');
    node.set('createdAt', Date.now());
    doc.getMap('nodes').set(id, node);
  }
  const person = new Y.Map<unknown>();
  person.set('name', MARKUP);
  person.set('color', `red;}</style>${MARKUP}`);
  doc.getMap('people').set(author, person);
  const stamp = { project, role: 'editor' as const, author };
  const { id, permissions, ...data } = encodeUpdateRow(ID.unique(), `t${project}`, Y.encodeStateAsUpdate(doc), stamp);
  const tables = new TablesDB(client().setSession(secret));
  const address = { databaseId: 'cowrite', tableId: 'updates', rowId: id };
  await tables.createRow({ ...address, data, permissions: [...permissions] });
}

let ana: Tab;
let bob: Tab;

beforeAll(async () => {
  ana = await arrive(stage.product.url);
  await ana.continueAsGuest(MARKUP);
  await ana.createProject(MARKUP);
  await ana.createFile('page.html');
  await ana.focusEditor();
  await ana.page.keyboard.insertText(`<p>${MARKUP}</p>`);
  await ana.waitForStatus('saved');
  const link = await ana.invite();
  bob = await arrive(link);
  await bob.continueAsGuest(MARKUP);
  await bob.openFile('page.html');
  await bob.focusEditor();
  await bob.type('!');
  const [, project = ''] = /\/p\/([^/]+)/.exec(ana.page.url()) ?? [];
  await writeTree(project);
});

afterAll(async () => {
  for (const visitor of visitors) await visitor.leave();
});

describe('markup in names and texts', () => {
  it('is text in names of people, of the project, of files and folders, in tooltips and labels of cursors', async () => {
    await ana.page.locator('[data-testid=tree-item][data-path="constructor"]').waitFor();
    await ana.page.locator('[data-testid=tree-item][data-path="__proto__"]').waitFor();
    // What cannot be a name is no file.
    expect(await ana.page.locator('[data-testid=tree-item]').count()).toBe(4);
    for (const item of await ana.page.locator('[data-testid=tree-item]').all()) await item.hover();
    for (const avatar of await ana.byId('avatar').all()) await avatar.hover();
    expect(await ana.byId('project-name').textContent()).toContain('<img src=x onerror=ran=1>');
    await expect.poll(() => ana.page.locator('.yRemoteSelectionHead').count(), { timeout: 15_000 }).toBeGreaterThan(0);
    await ana.byId('share').click();
    await ana.byId('member').first().waitFor();
    expect(await ana.byId('members').textContent()).toContain('<img src=x onerror=ran=1>');
    await ana.press('Escape');
    expect([await foreignElements(ana), await foreignElements(bob)]).toEqual([NOTHING, NOTHING]);
  });

  it('is text in comments and versions, in the history and its generated styles', async () => {
    await ana.focusEditor();
    await ana.press('Control+a');
    await ana.press('Control+Alt+m');
    await ana.byId('composer').locator('textarea').fill(`${MARKUP} **b** [x](javascript:ran=1)`);
    await ana.press('Control+Enter');
    await ana.byId('composer').waitFor({ state: 'hidden' });
    await bob.byId('toggle-comments').click();
    await bob.byId('thread').first().waitFor();
    await show(ana, 'history');
    await ana.byId('timeline-session').first().waitFor();
    await ana.byId('blame-toggle').click();
    await ana.page.locator('.cw-blame').first().waitFor();
    await ana.byId('tab-versions').click();
    await ana.byId('name-version').click();
    await ana.byId('version-name').locator('input').fill(MARKUP);
    await ana.byId('version-submit').click();
    await ana.byId('version').first().waitFor();
    expect(await ana.byId('version').first().textContent()).toContain('<img src=x onerror=ran=1>');
    await ana.byId('version-show').first().click();
    await ana.byId('moment').waitFor();
    expect([await foreignElements(ana), await foreignElements(bob)]).toEqual([NOTHING, NOTHING]);
    await ana.byId('moment-close').click();
  });

  it('is text in what the editor opens: commands, search, suggestions, menu', async () => {
    for (const keys of ['F1', 'Control+f', 'Control+Space', 'Shift+F10', 'Control+Shift+o']) {
      await bob.focusEditor();
      await bob.press(keys);
      await bob.page.waitForTimeout(300);
      await bob.press('Escape');
    }
    await bob.byId('editor').locator('.view-line').first().hover();
    expect(await foreignElements(bob)).toEqual(NOTHING);
  });

  it('is text where a project is listed, and in what the app announces', async () => {
    await ana.byId('status').click();
    await ana.byId('status-inspect').click();
    await ana.byId('inspector-stored').first().waitFor();
    await ana.press('Escape');
    await ana.page.goto(`${stage.product.url}/`);
    await ana.byId('project-link').first().waitFor();
    expect(await ana.byId('project-list').textContent()).toContain('<img src=x onerror=ran=1>');
    await ana.page.goto(`${stage.product.url}/account`);
    await ana.byId('account').waitFor();
    expect(await foreignElements(ana)).toEqual(NOTHING);
    expect([...ana.errors, ...bob.errors]).toEqual([]);
  });
});

describe('the policy of the pages', () => {
  it('is broken by nothing on a whole walk through the app', () => {
    expect(violations).toEqual([]);
  });

  it('lets the service worker in, which starts the app without network', async () => {
    const tab = await arrive(stage.product.url);
    const kept = () =>
      tab.page.evaluate(async () => {
        const found = (await caches.keys()).filter((name) => name.includes('precache'));
        const entries = await Promise.all(found.map(async (name) => (await (await caches.open(name)).keys()).length));
        return Math.max(0, ...entries);
      });
    await expect.poll(kept, { timeout: 30_000 }).toBeGreaterThan(10);
  });

  it('would have been heard of: inline script, eval, foreign script and text as HTML are refused', async () => {
    const tab = await arrive(stage.product.url);
    await tab.byId('guest-name').waitFor();
    await tab.page.evaluate((markup) => {
      const outcome: string[] = [];
      const heard: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => heard.push(event.violatedDirective));
      const attempt = (name: string, work: () => void): void => {
        try {
          work();
        } catch {
          outcome.push(name);
        }
      };
      Object.assign(globalThis, { outcome, heard });
      // In a timer: what a test evaluates directly may use eval.
      setTimeout(() => {
        // oxlint-disable-next-line no-eval -- what is refused here
        attempt('eval', () => (0, eval)('1'));
        // oxlint-disable-next-line typescript/no-implied-eval -- what is refused here
        attempt('function', () => new Function('return 1'));
        attempt('html', () => (document.createElement('div').innerHTML = markup));
        attempt('document', () => new DOMParser().parseFromString(markup, 'text/html'));
        attempt('foreign worker', () => new Worker('https://evil.example/worker.js'));
        attempt('attribute', () => document.body.setAttribute('onclick', 'ran=1'));
        attempt('inline script', () => (document.createElement('script').textContent = 'ran=1'));
        attempt('policy', () => {
          const { trustedTypes } = globalThis as unknown as { trustedTypes: { createPolicy(name: string): void } };
          trustedTypes.createPolicy('mine');
        });
        const image = document.createElement('img');
        image.src = 'https://evil.example/seen.png';
      });
    }, MARKUP);
    await expect
      .poll(() =>
        tab.page.evaluate(() => {
          const { outcome, heard } = globalThis as unknown as { outcome: string[]; heard: string[] };
          return { outcome, heard: [...new Set(heard)].sort() };
        }),
      )
      .toEqual({
        outcome: ['eval', 'function', 'html', 'document', 'foreign worker', 'attribute', 'inline script', 'policy'],
        heard: ['img-src', 'require-trusted-types-for', 'trusted-types'],
      });
    expect(await foreignElements(tab)).toEqual(NOTHING);
    // And an element that did come from markup would have been found.
    await tab.page.evaluate(() => {
      const image = document.createElement('img');
      image.setAttribute('src', 'x');
      document.body.append(image);
    });
    expect((await foreignElements(tab)).found).toHaveLength(1);
    violations.length = 0;
  });

  it('comes with every page and file', async () => {
    for (const path of ['/', '/p/none', '/icon.svg', '/sw.js']) {
      const { headers } = await fetch(stage.product.url + path);
      expect([path, headers.get('content-security-policy')]).toEqual([
        path,
        expect.stringContaining("script-src 'self';"),
      ]);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toContain('camera=()');
    }
  });
});

describe('a page of somebody else', () => {
  it('cannot use the session of its visitor: by a form, by requests or by a socket', async () => {
    const [visitor] = visitors;
    if (!visitor) throw new Error('nobody is here');
    const page = await visitor.context.newPage();
    await page.route('http://evil.example/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>evil</title>' }),
    );
    await page.goto('http://evil.example/');
    const api = `${stage.product.url}/v1`;
    const outcome = await page.evaluate(async (to) => {
      const body = '{"rowId":"csrf1","data":{"project":"p","state":"AA=="}}';
      const rows = `${to}/tablesdb/cowrite/tables/presence/rows?project=cowrite`;
      const ask = (url: string, init: RequestInit): Promise<string> =>
        fetch(url, { credentials: 'include', ...init }).then(
          ({ type, status }) => `${type} ${status}`,
          () => 'refused',
        );
      const account = await ask(`${to}/account?project=cowrite`, {});
      const posted = await ask(rows, { method: 'POST', mode: 'no-cors', body });
      const ended = await ask(`${to}/account/sessions/current?project=cowrite`, { method: 'DELETE' });
      const socket = await new Promise<string>((resolve) => {
        const opened = new WebSocket(`${to.replace('http', 'ws')}/realtime?project=cowrite`);
        opened.addEventListener('message', ({ data }) => resolve((JSON.parse(String(data)) as { type: string }).type));
        opened.addEventListener('error', () => resolve('error'));
      });
      return { account, posted, ended, socket };
    }, api);
    expect(outcome).toMatchObject({ account: 'refused', ended: 'refused', socket: 'error' });
    // A form is a visit of the page itself: the one request for which browsers may send a cookie that is a minute old.
    const answer = page.waitForResponse((response) => response.url().includes('/presence/rows'));
    await page.evaluate((action) => {
      const form = document.createElement('form');
      Object.assign(form, { action, method: 'post', enctype: 'text/plain' });
      const input = document.createElement('input');
      Object.assign(input, { name: '{"rowId":"csrf2","data":{"project":"p","state":"AA==","x":"', value: '"}}' });
      form.append(input);
      document.body.append(form);
      form.submit();
    }, `${api}/tablesdb/cowrite/tables/presence/rows?project=cowrite`);
    expect((await answer).status()).toBe(403);
    const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
    const tables = new TablesDB(new Client().setEndpoint(api).setProject('cowrite').setKey(key));
    const { rows } = await tables.listRows({ databaseId: 'cowrite', tableId: 'presence' });
    expect(rows.map(({ $id }) => $id).filter((id) => id.startsWith('csrf'))).toEqual([]);
    const still = await ana.page.evaluate(async () => {
      const response = await fetch('/v1/account', { headers: { 'x-appwrite-project': 'cowrite' } });
      return response.status;
    });
    expect(still).toBe(200);
  });
});
