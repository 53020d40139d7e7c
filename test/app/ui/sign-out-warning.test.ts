import { describe, expect, it } from 'vitest';
import { signOutWarning } from '../../../src/app/auth/sign-out-warning.ts';
import { ana } from './fake-app.ts';

const account = { ...ana, guest: false, email: 'ana@example.com' };

describe('[P48] what somebody is told before they sign out', () => {
  it('nothing, where nothing would be missed', () => {
    expect(signOutWarning(account, 0, 0)).toBeNull();
  });

  it.each([
    [1, 0, '1 edit has not been sent. It stays on this device, and is sent when you sign in here again'],
    [2, 0, '2 edits have not been sent. They stay on this device, and are sent when you sign in here again'],
    [1, 1, '1 edit has not been sent. It stays on this device. It cannot be sent any more: download it, or copy it'],
    [5, 5, 'They cannot be sent any more: download them, or copy them into a new project.'],
    [5, 2, '2 of them cannot be sent any more; the rest is sent when you sign in here again'],
  ])('%i unsent, %i of them for good', (unsent, stuck, text) => {
    const warning = signOutWarning(account, unsent, stuck);
    expect(warning?.text).toContain(text);
    expect(warning?.hasEdits).toBe(true);
  });

  it('guests, that there is no way back, and what is deleted', () => {
    expect(signOutWarning(ana, 0, 0)).toMatchObject({ title: 'Sign out for good?', hasEdits: false });
    const warning = signOutWarning(ana, 3, 3);
    expect(warning?.text).toContain('Everything that is on this device only is deleted: 3 edits have not been sent.');
    expect(warning?.hasEdits).toBe(true);
  });
});
