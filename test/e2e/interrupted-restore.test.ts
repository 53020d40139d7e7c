import { describe, expect, it } from 'vitest';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

const FILES = ['a.md', 'b.md', 'c.md', 'd.md', 'e.md', 'f.md'];

describe('a restore of the project', () => {
  it('that a reload breaks off is asked about, told afterwards, and gone on with', async () => {
    const ana = await stage.arrive('Ana');
    await ana.createProject('Broken off');
    for (const name of FILES) {
      await ana.createFile(name);
      await ana.addLine('then');
    }
    await ana.byId('toggle-history').click();
    await ana.byId('scope-project').click();
    await ana.byId('tab-versions').click();
    await ana.byId('name-version').click();
    await ana.byId('version-name').locator('input').fill('Draft');
    await ana.byId('version-submit').click();
    await ana.byId('version').waitFor();
    await ana.waitForStatus('saved');
    for (const name of FILES) {
      await ana.openFile(name);
      await ana.addLine('later');
    }
    await ana.waitForStatus('saved');

    await ana.byId('version').filter({ hasText: 'Draft' }).hover();
    await ana.byId('version-restore').click();
    await expect.poll(() => ana.byId('restore-item').count()).toBe(FILES.length);
    // Everything the server is asked takes so long that it cannot end before the reload.
    await ana.page.route('**/v1/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await route.continue().catch(() => undefined);
    });
    const asked: string[] = [];
    ana.page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      dialog.accept().catch(() => undefined);
    });
    await ana.byId('project-restore-apply').click();
    await ana.page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith('cowrite:restoring:')));
    await ana.page.unrouteAll({ behavior: 'ignoreErrors' });
    await ana.page.reload();
    expect(asked).toEqual(['beforeunload']);

    await ana.byId('restore-interrupted').waitFor();
    expect(await ana.byId('restore-interrupted').textContent()).toContain(
      'Restoring the project to Draft was interrupted',
    );
    await ana.byId('interrupted-go-on').click();
    await ana.byId('restore-item').first().waitFor();
    await ana.byId('project-restore-apply').click();
    await ana.byId('restore-interrupted').waitFor({ state: 'detached' });
    for (const name of FILES) {
      await ana.openFile(name);
      await ana.waitForText('then\n');
    }
    await ana.waitForStatus('saved');
    await ana.page.reload();
    await ana.byId('file-tree').waitFor();
    await ana.waitForStatus('saved');
    expect(await ana.byId('restore-interrupted').count()).toBe(0);
    expect(ana.errors).toEqual([]);
  });
});
