import { describe, expect, it } from 'vitest';
import main from '../../functions/share/main.ts';
import { sweep, type DeletedProject, type SweepPorts } from '../../functions/share/sweep.ts';

const NOW = Date.parse('2026-03-01T00:00:00.000Z');
const MONTH_AGO = '2026-01-30T00:00:00.000Z';

/** What is stored, by project: a number of parts, and the log of what was deleted. */
class Attic {
  readonly log: string[] = [];
  readonly projects: DeletedProject[] = [];
  readonly parts = new Map<string, number>();
  presence = 0;
  links = 0;
  /** Fails at this step, as a crash would. */
  crashAt: string | null = null;

  readonly ports: SweepPorts = {
    deletedBefore: async (moment, count) => {
      this.log.push(`before ${moment}`);
      return this.projects.slice(0, count);
    },
    deleteTeam: async (project) => this.step(`team ${project}`),
    deleteSome: async (project) => {
      const left = this.parts.get(project) ?? 0;
      if (left > 0) this.step(`part ${project}`);
      this.parts.set(project, Math.max(0, left - 1));
      return left > 0;
    },
    deleteRow: async (project) => {
      this.step(`row ${project}`);
      this.projects.splice(
        this.projects.findIndex(({ id }) => id === project),
        1,
      );
    },
    deletePresence: async (before) => {
      this.step(`presence ${before}`);
      const count = Math.min(100, this.presence);
      this.presence -= count;
      return count;
    },
    deleteLinks: async () => {
      const count = this.links;
      this.links = 0;
      return count;
    },
  };

  add(id: string, parts: number, permissions = [`read("team:${id}")`, `update("team:${id}/owner")`]): this {
    this.projects.push({ id, permissions });
    this.parts.set(id, parts);
    return this;
  }

  private step(what: string): void {
    if (this.crashAt === what) throw new Error(`crashed at ${what}`);
    this.log.push(what);
  }
}

const never = (): boolean => false;

describe('the sweep of deleted projects', () => {
  it('takes the team first, then what is stored, and the row last, 30 days after the deletion', async () => {
    const attic = new Attic().add('a', 2).add('b', 1);
    expect(await sweep(attic.ports, NOW, never)).toEqual({ projects: 2, presence: 0, links: 0, more: false });
    expect(attic.log.slice(1)).toEqual([
      `before ${MONTH_AGO}`,
      'team a',
      'part a',
      'part a',
      'row a',
      'team b',
      'part b',
      'row b',
      `before ${MONTH_AGO}`,
    ]);
  });

  it('goes on after a crash at any step', async () => {
    for (const crash of ['team a', 'part a', 'row a']) {
      const attic = new Attic().add('a', 2);
      attic.crashAt = crash;
      await expect(sweep(attic.ports, NOW, never)).rejects.toThrow(crash);
      expect(attic.projects).toHaveLength(1);
      attic.crashAt = null;
      expect(await sweep(attic.ports, NOW, never)).toMatchObject({ projects: 1, more: false });
      expect(attic.parts.get('a')).toBe(0);
    }
  });

  it('stops in time, and says that there is more', async () => {
    const attic = new Attic().add('a', 1).add('b', 5);
    let asked = 0;
    expect(await sweep(attic.ports, NOW, () => ++asked > 7)).toMatchObject({ projects: 1, more: true });
    expect(attic.projects).toHaveLength(1);
  });

  it('lets a row that anybody may have created do nothing to the project that it names', async () => {
    const attic = new Attic().add('victim', 3, ['read("user:eve")', 'update("user:eve")']);
    expect(await sweep(attic.ports, NOW, never)).toMatchObject({ more: false });
    expect(attic.log).not.toContain('team victim');
    expect(attic.parts.get('victim')).toBe(3);
  });
});

describe('the sweep', () => {
  it('[P26] deletes presence that nobody has written for a day, and links that expired', async () => {
    const attic = new Attic();
    attic.presence = 230;
    attic.links = 3;
    expect(await sweep(attic.ports, NOW, never)).toEqual({ projects: 0, presence: 230, links: 3, more: false });
    expect(attic.log[0]).toBe('presence 2026-02-28T00:00:00.000Z');
  });

  it('is nothing that somebody who is signed in can ask for', async () => {
    const headers = { 'x-appwrite-user-id': 'eve', 'x-appwrite-trigger': 'http' };
    const res = { json: (body: unknown, status?: number) => ({ status, body }) };
    const req = { method: 'POST', path: '/', headers, bodyText: '' };
    const answer = await main({ req, res, log: () => undefined, error: () => undefined });
    expect(answer).toMatchObject({ status: 400 });
  });
});
