import { afterEach, describe, expect, it } from 'vitest';
import { forgetUser } from '../../../src/app/session/forget-user.ts';
import { Memory } from '../../../src/app/session/memory.ts';

const databases = async (): Promise<(string | undefined)[]> =>
  (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.startsWith('cowrite:guest') === true);

function create(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.addEventListener('error', () => reject(new Error(`${name} could not be opened.`)));
    request.addEventListener('success', () => {
      request.result.close();
      resolve();
    });
  });
}

afterEach(async () => {
  await forgetUser('guest1');
  await forgetUser('guest12');
});

describe('a guest who has signed out', () => {
  it('leaves nothing on this device, and others keep what is theirs', async () => {
    const memory = new Memory();
    for (const user of ['guest1', 'guest12']) {
      memory.setProjects(user, []);
      memory.setRole(user, 'p1', 'owner');
      memory.emptyFiles(user).add('f1');
      await create(`cowrite:${user}:outbox`);
      await create(`cowrite:${user}:p1:tp1`);
    }
    await forgetUser('guest1');
    await expect.poll(databases).toEqual(['cowrite:guest12:outbox', 'cowrite:guest12:p1:tp1']);
    expect(Object.keys(localStorage).filter((key) => key.includes(':guest1'))).toHaveLength(3);
    expect(memory.role('guest1', 'p1')).toBeNull();
    expect(memory.role('guest12', 'p1')).toBe('owner');
  });
});
