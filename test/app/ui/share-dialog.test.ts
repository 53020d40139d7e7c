import WaSelect from '@awesome.me/webawesome/dist/components/select/select.js';
import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import WaSwitch from '@awesome.me/webawesome/dist/components/switch/switch.js';
import { afterEach, describe, expect, it } from 'vitest';
import { ShareButton } from '../../../src/app/share/share-button.ts';
import { failure } from '../../../src/core/failures.ts';
import type { Role } from '../../../src/core/roles.ts';
import { FakeApp } from './fake-app.ts';
import { member, shareLink } from './fake-sharing.ts';
import { as, byTestId, hasTestId, mount, record, unmountAll, until } from './support.ts';

const { clipboard } = navigator;

afterEach(() => {
  unmountAll();
  Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
});

/** The dialog of a project with an owner, an editor and a viewer, as somebody in `role` sees it: `ana`. */
async function open(role: Role, prepare: (app: FakeApp) => void = () => undefined): Promise<FakeApp> {
  const app = new FakeApp();
  app.sharing.role = role;
  app.sharing.people = [
    member('zoe', 'owner', 'Zoe'),
    member('ana', role, 'Ana Silva'),
    member('bob', 'editor', 'Bob'),
  ];
  prepare(app);
  const button = new ShareButton();
  button.app = app;
  button.session = app.project;
  await mount(button);
  byTestId('share').click();
  await until(() => hasTestId('members') || hasTestId('share-failure'));
  return app;
}

function refuseClipboard(): void {
  const value = { writeText: () => Promise.reject(new Error('refused')) };
  Object.defineProperty(navigator, 'clipboard', { value, configurable: true });
}

function rowOf(id: string): HTMLElement {
  const row = document.querySelector<HTMLElement>(`[data-testid=member][data-member=${id}]`);
  if (!row) throw new Error(`${id} is not listed`);
  return row;
}

function choose(select: HTMLElement, value: string): void {
  as(WaSelect, select).value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

async function confirm(): Promise<void> {
  (await until(() => document.querySelector<HTMLElement>('[data-testid=confirm-submit]'))).click();
}

describe('inviting', () => {
  it('makes a link as it was chosen, shows it and copies it', async () => {
    const copied: string[] = [];
    const value = { writeText: (text: string) => Promise.resolve(void copied.push(text)) };
    Object.defineProperty(navigator, 'clipboard', { value, configurable: true });
    const app = await open('editor');
    choose(byTestId('link-role'), 'viewer');
    choose(byTestId('link-expiry'), '1');
    choose(byTestId('link-uses'), '1');
    byTestId('link-create').click();
    await until(() => hasTestId('share-note') && byTestId('share-note').textContent?.includes('in your clipboard'));
    expect(app.sharing.calls).toEqual(['createLink {"role":"viewer","expiresInDays":7,"maxUses":1,"isPublic":false}']);
    expect(copied).toEqual([`${location.origin}/join/secret-token`]);
    expect(document.querySelectorAll('[data-testid=link]')).toHaveLength(1);
  });

  it('shows the link even where the browser refuses the clipboard', async () => {
    refuseClipboard();
    await open('owner');
    byTestId('link-create').click();
    await until(() => hasTestId('share-link'));
    expect(as(WaInput, byTestId('share-link')).value).toContain('/join/secret-token');
    expect(byTestId('share-note').textContent).toContain('Copy the link');
  });

  it('says why it did not work, and keeps what is shown', async () => {
    const app = await open('owner');
    app.sharing.problem = failure('rejected', 'A project has at most 100 links. Revoke some first.');
    byTestId('link-create').click();
    await until(() => hasTestId('share-problem'));
    expect(byTestId('share-problem').textContent).toContain('at most 100 links');
    expect(hasTestId('members')).toBe(true);
  });

  it.each(['reviewer', 'viewer'] as const)('is not for a %s, who is told why', async (role) => {
    await open(role);
    expect(hasTestId('link-create')).toBe(false);
    expect(byTestId('link-reason').textContent).toContain(`As a ${role}`);
    expect(hasTestId('links') || hasTestId('no-links')).toBe(false);
  });

  it('by e-mail is offered to owners where the server sends mail', async () => {
    const app = await open('owner', ({ sharing }) => (sharing.byMail = true));
    as(WaInput, byTestId('invite-email')).value = 'new@example.com';
    byTestId('invite-send').closest('form')?.requestSubmit();
    await until(() => app.sharing.calls.length > 0);
    expect(app.sharing.calls).toEqual(['invite new@example.com editor']);
    unmountAll();
    await open('editor', ({ sharing }) => (sharing.byMail = true));
    expect(hasTestId('invite-email')).toBe(false);
  });
});

describe('the people', () => {
  it('are listed with their roles, oneself first, and who is here is marked', async () => {
    await open('viewer', ({ project }) => {
      const user = { id: 'bob', name: 'Bob', color: '#123456' };
      project.participants.set([{ client: 1, user, file: null, isMe: false }]);
    });
    const rows = [...document.querySelectorAll<HTMLElement>('[data-testid=member]')];
    expect(rows.map((row) => row.dataset['member'])).toEqual(['ana', 'bob', 'zoe']);
    expect(hasTestId('member-here', rowOf('bob'))).toBe(true);
    expect(hasTestId('member-here', rowOf('zoe'))).toBe(false);
  });

  it.each(['editor', 'reviewer', 'viewer'] as const)(
    'a %s changes nothing, is told why, and can leave',
    async (role) => {
      const app = await open(role);
      expect(hasTestId('member-role')).toBe(false);
      expect(hasTestId('member-menu')).toBe(false);
      expect(byTestId('members-reason').textContent).toContain('Only owners change roles');
      const left = record(byTestId('share').closest('cw-share') as HTMLElement, 'share-left');
      byTestId('member-leave', rowOf('ana')).click();
      await confirm();
      await until(() => left.length > 0);
      expect(app.sharing.calls).toEqual(['leave']);
    },
  );

  it('an owner gives roles at once', async () => {
    const app = await open('owner');
    choose(byTestId('member-role', rowOf('bob')), 'viewer');
    await until(() => rowOf('bob').dataset['role'] === 'viewer');
    expect(app.sharing.calls).toEqual(['changeRole bob viewer']);
  });

  it('an owner is asked before giving up the own role', async () => {
    const app = await open('owner');
    choose(byTestId('member-role', rowOf('ana')), 'editor');
    expect(app.sharing.calls).toEqual([]);
    await confirm();
    await until(() => app.sharing.calls.length > 0);
    expect(app.sharing.calls).toEqual(['changeRole ana editor']);
  });

  it('the only owner can neither step down nor leave, and is told why', async () => {
    await open('owner', ({ sharing }) => {
      sharing.people = [member('ana', 'owner', 'Ana Silva'), member('bob', 'editor', 'Bob')];
    });
    const select = byTestId('member-role', rowOf('ana'));
    expect([select.hasAttribute('disabled'), select.parentElement?.title]).toEqual([
      true,
      expect.stringContaining('somebody else'),
    ]);
    const leave = byTestId('member-leave', rowOf('ana'));
    expect([leave.hasAttribute('disabled'), leave.title]).toEqual([true, expect.stringContaining('only owner')]);
    expect(rowOf('ana').textContent).toContain('the only owner');
  });

  it('what was refused is said, and the role is shown as it is', async () => {
    const app = await open('owner');
    app.sharing.problem = failure('rejected', 'A project needs an owner.');
    choose(byTestId('member-role', rowOf('bob')), 'viewer');
    await until(() => hasTestId('share-problem'));
    await until(() => as(WaSelect, byTestId('member-role', rowOf('bob'))).value === 'editor');
    expect(rowOf('bob').dataset['role']).toBe('editor');
  });

  it('are read again when the server says that they have changed', async () => {
    const app = await open('viewer');
    app.sharing.people = [...app.sharing.people, member('new', 'editor', 'Nina')];
    app.project.memberChanges.set(1);
    const row = await until(() => document.querySelector('[data-member=new]'));
    expect(row.textContent).toContain('Nina');
  });

  it('names are never read as HTML', async () => {
    await open('owner', ({ sharing }) => {
      sharing.people = [member('ana', 'owner', '<img src=x onerror=alert(1)>'), member('x', 'viewer', '"><b>bold')];
    });
    expect(rowOf('ana').querySelector('img')).toBeNull();
    expect(rowOf('x').querySelector('b')).toBeNull();
    expect(rowOf('ana').textContent).toContain('<img src=x');
  });
});

describe('the links', () => {
  it('say what they are worth, those that are over last, and are revoked', async () => {
    const app = await open('owner', ({ sharing }) => {
      sharing.all = [
        shareLink('old', { state: 'expired', expiresAt: '2026-01-02T00:00:00.000Z' }),
        shareLink('good', { role: 'viewer', maxUses: 5, uses: 2 }),
      ];
    });
    const rows = [...document.querySelectorAll<HTMLElement>('[data-testid=link]')];
    expect(rows.map((row) => row.dataset['state'])).toEqual(['active', 'expired']);
    expect(rows[0]?.textContent).toContain('2 of 5 used');
    byTestId('link-revoke', rows[0]).click();
    await until(() => document.querySelectorAll('[data-testid=link]').length === 1);
    expect(app.sharing.calls).toEqual(['revokeLink good']);
  });

  it('of others are not for editors to revoke, who are told why', async () => {
    await open('editor', ({ sharing }) => {
      sharing.all = [shareLink('mine'), shareLink('hers', { createdBy: 'zoe', createdByName: 'Zoe' })];
    });
    const [mine, hers] = [...document.querySelectorAll<HTMLElement>('[data-testid=link-revoke]')];
    expect(mine?.hasAttribute('disabled')).toBe(false);
    expect([hers?.hasAttribute('disabled'), hers?.title]).toEqual([true, expect.stringContaining('Only owners')]);
  });

  it('for everybody is switched by owners', async () => {
    const app = await open('owner');
    const toggle = as(WaSwitch, byTestId('public-switch'));
    toggle.checked = true;
    toggle.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => hasTestId('public-address'));
    expect(app.sharing.calls[0]).toContain('"role":"viewer"');
    expect(app.sharing.calls[0]).toContain('"isPublic":true');
    toggle.checked = false;
    toggle.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => app.sharing.all.length === 0);
    unmountAll();
    await open('editor');
    expect(byTestId('public-switch').hasAttribute('disabled')).toBe(true);
  });
});

describe('without the server', () => {
  it('the dialog says so, and reads again when asked', async () => {
    const app = await open('owner', ({ sharing }) => {
      sharing.listProblem = failure('offline', 'The server cannot be reached.');
    });
    expect(byTestId('share-failure').textContent).toContain('back online');
    app.sharing.listProblem = null;
    byTestId('share-retry').click();
    await until(() => hasTestId('members'));
  });
});
