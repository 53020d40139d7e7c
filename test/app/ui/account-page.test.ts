import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { afterEach, describe, expect, it } from 'vitest';
import '../../../src/app/auth/account-page.ts';
import '../../../src/app/auth/arrival-page.ts';
import '../../../src/app/auth/other-ways.ts';
import type { Toast } from '../../../src/app/ui/events.ts';
import { ThemeSetting } from '../../../src/app/ui/theme.ts';
import { failure } from '../../../src/core/failures.ts';
import { ana, FakeApp } from './fake-app.ts';
import { as, byTestId, FakeNavigation, hasTestId, mount, record, unmountAll, until } from './support.ts';

const member = { ...ana, guest: false, email: 'ana@example.com' };

afterEach(() => {
  unmountAll();
  history.replaceState(null, '', location.pathname);
});

async function open(user = ana): Promise<{ app: FakeApp; toasts: Toast[] }> {
  const app = new FakeApp();
  app.account.set({ kind: 'signed-in', user });
  const page = document.createElement('cw-account');
  page.app = app;
  page.user = user;
  page.theme = new ThemeSetting();
  const toasts = record<Toast>(page, 'toast');
  await mount(page);
  await until(() => hasTestId('devices') || hasTestId('devices-problem'));
  return { app, toasts };
}

function type(id: string, text: string): void {
  as(WaInput, byTestId(id)).value = text;
}

async function submit(id: string): Promise<void> {
  await Promise.all([...document.querySelectorAll<WaInput>('wa-input')].map((input) => input.updateComplete));
  byTestId(id).closest('form')?.requestSubmit();
}

describe('the account of a guest', () => {
  it('becomes one with an e-mail and a password', async () => {
    const { app, toasts } = await open();
    expect(hasTestId('password-form')).toBe(false);
    type('keep-email', 'new@example.com');
    type('keep-password', 'correct horse');
    await submit('keep-submit');
    await until(() => toasts.length > 0);
    expect(app.settings.calls).toEqual(['becomeAccount new@example.com correct horse']);
  });

  it('says what is wrong before and after asking the server', async () => {
    const { app } = await open();
    type('keep-email', 'nonsense');
    await submit('keep-submit');
    await until(() => hasTestId('keep-problem'));
    expect(app.settings.calls).toEqual([]);
    app.settings.problem = failure('conflict', 'user_target_already_exists');
    type('keep-email', 'taken@example.com');
    type('keep-password', 'correct horse');
    await submit('keep-submit');
    await until(
      () => hasTestId('keep-problem') && byTestId('keep-problem').textContent?.includes('already an account'),
    );
    expect(app.settings.calls).toHaveLength(1);
  });
});

describe('the password', () => {
  it('is changed with the present one', async () => {
    const { app, toasts } = await open(member);
    type('password-before', 'old password');
    type('password-new', 'new password');
    await submit('password-submit');
    await until(() => toasts.length > 0);
    expect(app.settings.calls).toEqual(['changePassword new password old password']);
    expect(as(WaInput, byTestId('password-new')).value).toBe('');
  });

  it('of somebody else is refused in plain words', async () => {
    const { app } = await open(member);
    app.settings.problem = failure('forbidden', 'Invalid credentials. Please check the email and password.');
    type('password-before', 'wrong password');
    type('password-new', 'new password');
    await submit('password-submit');
    await until(() => hasTestId('password-problem'));
    expect(byTestId('password-problem').textContent).toContain('present password is wrong');
  });
});

describe('name and colour', () => {
  it('are changed, and a colour can be given back to the projects', async () => {
    const { app } = await open({ ...member, colorChosen: true });
    type('own-name', '');
    await submit('own-name-submit');
    expect(app.calls).toEqual([]);
    type('own-name', 'Ana S.');
    await submit('own-name-submit');
    await until(() => app.calls.length > 0);
    expect(app.calls).toEqual(['rename Ana S.']);
    expect(byTestId('account').querySelectorAll('[data-testid=swatch][aria-pressed=true]')).toHaveLength(1);
    document.querySelector<HTMLElement>('[data-testid=swatch]:nth-of-type(2)')?.click();
    await until(() => app.settings.calls.length > 0);
    await until(() => hasTestId('color-none') && !byTestId('color-none').hasAttribute('disabled'));
    byTestId('color-none').click();
    await until(() => app.settings.calls.length > 1);
    expect(app.settings.calls).toEqual(['setColor #0f766e', 'setColor null']);
  });
});

describe('the devices', () => {
  it('are listed, and others are signed out one by one or all at once', async () => {
    const more = ['s2', 's3', 's4'].map((id) => ({ id, isCurrent: false, since: '', device: '', place: '' }));
    const app = new FakeApp();
    app.settings.devices.push(...more);
    const list = document.createElement('cw-devices');
    list.app = app;
    await mount(list);
    await until(() => hasTestId('devices'));
    byTestId('device-end').click();
    await until(() => document.querySelectorAll('[data-testid=device]').length === 3);
    byTestId('end-others').click();
    await until(() => document.querySelectorAll('[data-testid=device]').length === 1);
    expect(app.settings.calls).toEqual(['endSession s2', 'endOtherSessions']);
    expect(hasTestId('device-end')).toBe(false);
  });

  it('without the server are not shown, which is said', async () => {
    const app = new FakeApp();
    app.settings.problem = failure('offline', 'The server cannot be reached.');
    const list = document.createElement('cw-devices');
    list.app = app;
    await mount(list);
    await until(() => hasTestId('devices-problem'));
    expect(byTestId('devices-problem').textContent).toContain('back online');
  });
});

describe('other ways to sign in', () => {
  async function ways(magicLink: boolean, oauth: readonly string[]): Promise<FakeApp> {
    const app = new FakeApp();
    app.settings.ways = { magicLink, oauth };
    const element = document.createElement('cw-other-ways');
    element.app = app;
    await mount(element);
    return app;
  }

  it('are hidden where the server offers none', async () => {
    await ways(false, []);
    expect(hasTestId('other-ways')).toBe(false);
  });

  it('send a link, or lead to a provider', async () => {
    const app = await ways(true, ['github']);
    byTestId('enter-github').click();
    expect(byTestId('enter-github').textContent).toContain('Continue with GitHub');
    type('magic-email', 'ana@example.com');
    await submit('magic-send');
    await until(() => hasTestId('magic-sent'));
    expect(app.settings.calls).toEqual(['enterWith github', 'sendMagicLink ana@example.com']);
  });
});

describe('coming back from a mail or a provider', () => {
  async function arrive(arrival: 'sign-in' | 'invitation', query: string, app = new FakeApp()) {
    history.replaceState(null, '', `${location.pathname}${query}`);
    const page = document.createElement('cw-arrival');
    const router = new FakeNavigation({ page: 'arrival', arrival });
    page.app = app;
    page.router = router;
    page.arrival = arrival;
    await mount(page);
    return { app, router };
  }

  it('signs in and goes to the projects', async () => {
    const { app, router } = await arrive('sign-in', '?userId=u1&secret=s1');
    await until(() => router.replaced.length > 0);
    expect(app.settings.calls).toEqual(['enter u1 s1']);
    expect(router.replaced).toEqual([{ page: 'home' }]);
  });

  it('accepts an invitation and goes to the project', async () => {
    const { app, router } = await arrive('invitation', '?teamId=p1&membershipId=m1&userId=u1&secret=s1');
    await until(() => router.replaced.length > 0);
    expect(app.settings.calls).toEqual(['acceptInvitation p1']);
    expect(router.replaced).toEqual([{ page: 'project', project: 'p1', file: null }]);
  });

  it('says so when the address is not complete or is used up', async () => {
    await arrive('sign-in', '?error=access_denied');
    await until(() => hasTestId('arrival-problem'));
    expect(byTestId('arrival-problem').dataset['kind']).toBe('rejected');
    unmountAll();
    const app = new FakeApp();
    app.settings.problem = failure('forbidden', 'no');
    await arrive('sign-in', '?userId=u1&secret=s1', app);
    await until(() => hasTestId('arrival-problem'));
    expect(byTestId('arrival-problem').textContent).toContain('used before');
  });
});
