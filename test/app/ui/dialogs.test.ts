import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { afterEach, describe, expect, it } from 'vitest';
import '../../../src/app/ui/name-dialog.ts';
import type { NameDialog, NameQuestion } from '../../../src/app/ui/name-dialog.ts';
import { as, byTestId, hasTestId, mount, unmountAll, until } from './support.ts';

afterEach(unmountAll);

function question(answers: Partial<NameQuestion>): NameQuestion {
  return {
    title: 'New project',
    label: 'Name',
    value: '',
    confirm: 'Create',
    check: () => null,
    submit: () => Promise.resolve(null),
    ...answers,
  };
}

async function dialog(): Promise<NameDialog> {
  return mount(document.createElement('cw-name-dialog'));
}

const isOpen = (): boolean => document.querySelector('cw-name-dialog wa-dialog')?.hasAttribute('open') ?? false;

async function type(value: string): Promise<void> {
  const input = as(WaInput, byTestId('name-input'));
  await input.updateComplete;
  input.value = value;
  await input.updateComplete;
  byTestId('name-submit').click();
}

describe('the dialog for a name', () => {
  it('has the focus in its field as soon as it is there, the first time too', async () => {
    const element = await dialog();
    element.ask(question({ value: 'Old name' }));
    await until(() => document.activeElement?.localName === 'wa-input', 500);
    const { input } = as(WaInput, byTestId('name-input'));
    expect([input.selectionStart, input.selectionEnd]).toEqual([0, 8]);
  });

  it('stays open with the reason until the name can be taken', async () => {
    const element = await dialog();
    const submitted: string[] = [];
    let reason: string | null = 'The server does not answer.';
    element.ask(
      question({
        check: (name) => (name === '' ? 'Type a name.' : null),
        submit: (name) => {
          submitted.push(name);
          return Promise.resolve(reason);
        },
      }),
    );
    await until(() => hasTestId('name-input'));
    await type('  ');
    await until(() => hasTestId('name-problem'));
    expect(byTestId('name-problem').textContent).toContain('Type a name.');
    await type(' Weather ');
    await until(() => hasTestId('name-problem') && byTestId('name-problem').textContent?.includes('does not answer'));
    expect(isOpen()).toBe(true);
    reason = null;
    await type('Weather');
    await until(() => !isOpen());
    expect(submitted).toEqual(['Weather', 'Weather']);
  });
});
