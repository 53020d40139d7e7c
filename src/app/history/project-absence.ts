import type { NewsOfProject } from '../session/history-api.ts';
import type { ProjectSession } from '../session/api.ts';
import { ABSENCE_MS } from './absence-watch.ts';
import type { LastSeen } from './last-seen.ts';

/** Where it is kept what was seen of the project as a whole. */
const WHOLE = '*';

/** What others did in the project while the user was away. */
export interface ProjectNews extends NewsOfProject {
  /** Epoch milliseconds by the server's clock: what came after it is new. */
  readonly since: number;
  readonly newest: number;
}

/** Finds out, when the user comes back to a project, what others did in it meanwhile. */
export class ProjectAbsence {
  private readonly session: ProjectSession;
  private readonly seen: LastSeen;
  private readonly tell: (news: ProjectNews) => void;
  private readonly report: (error: unknown) => void;
  private readonly undo: (() => void)[] = [];
  /** By this device's clock; `null`: the user is here, and what others do is seen. */
  private awaySince: number | null;
  private looking = false;

  /** @param tell called with what is new, at most once for each return */
  constructor(
    session: ProjectSession,
    seen: LastSeen,
    tell: (news: ProjectNews) => void,
    report: (error: unknown) => void,
  ) {
    this.session = session;
    this.seen = seen;
    this.tell = tell;
    this.report = report;
    this.awaySince = seen.read(WHOLE)?.leftAt ?? Date.now();
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') this.leave();
      else this.look();
    };
    const ended = (): void => this.leave();
    document.addEventListener('visibilitychange', hidden);
    window.addEventListener('pagehide', ended);
    this.undo.push(
      () => document.removeEventListener('visibilitychange', hidden),
      () => window.removeEventListener('pagehide', ended),
      session.history.watch(({ time }) => {
        if (this.awaySince === null) this.seen.write(WHOLE, time, Date.now());
      }),
      session.status.subscribe(({ status }) => {
        if (status === 'offline') this.leave();
        else if (status === 'saved' || status === 'read-only') this.look();
      }),
    );
    const { status } = session.status.value;
    if (status === 'saved' || status === 'read-only') this.look();
  }

  /** Calling it twice is harmless. */
  close(): void {
    this.leave();
    for (const undo of this.undo.splice(0)) undo();
  }

  private leave(): void {
    if (this.awaySince !== null) return;
    this.awaySince = Date.now();
    const known = this.seen.read(WHOLE);
    if (known !== null) this.seen.write(WHOLE, known.time, this.awaySince);
  }

  private look(): void {
    if (this.looking || this.awaySince === null || document.visibilityState === 'hidden') return;
    this.looking = true;
    this.find(this.awaySince)
      .catch((error: unknown) => this.report(error))
      .finally(() => (this.looking = false));
  }

  private async find(awaySince: number): Promise<void> {
    const known = this.seen.read(WHOLE);
    // Without network it is asked again when the status says that there is one.
    const found = await this.session.history.newsOfProject(known?.time ?? null).catch(() => null);
    if (found === null || this.undo.length === 0) return;
    this.awaySince = null;
    if (found.newest === null) return;
    this.seen.write(WHOLE, found.newest, Date.now());
    const isAway = Date.now() - awaySince > ABSENCE_MS;
    if (known !== null && isAway && found.others.length > 0) {
      this.tell({ ...found, since: known.time, newest: found.newest });
    }
  }
}
