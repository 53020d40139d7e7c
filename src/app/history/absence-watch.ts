import type { AbsenceView } from '../session/history/workbench.ts';
import type { ProjectSession } from '../session/api.ts';
import type { LastSeen } from './last-seen.ts';
import { ready } from './ready.ts';

/** Who is away for a shorter time than this is told nothing. */
export const ABSENCE_MS = 60_000;

/** When the server could not be asked, it is asked again after so long, and whenever the status changes. */
const RETRY_MS = 5_000;

/** What others did to a file while the user was away. */
export interface News {
  readonly node: string;
  /** Epoch milliseconds by the server's clock: what came after it is new. */
  readonly since: number;
  /** The newest change. */
  readonly until: number;
  /** User ids. */
  readonly authors: readonly string[];
  readonly lines: number;
  /** Places where several people changed the same lines. */
  readonly shared: number;
}

/** Finds out what others did to the file on the screen while the user was not looking, or was offline. */
export class AbsenceWatch {
  private readonly session: ProjectSession;
  private readonly seen: LastSeen;
  private readonly tell: (news: News | null) => void;
  private readonly report: (error: unknown) => void;
  private readonly undo: (() => void)[] = [];
  private node: string | null = null;
  /** What was not looked at yet: from then on nothing counts as seen. */
  private awaySince: number | null = null;
  private news: News | null = null;
  /** Time of the newest change that came before the eyes of the user while there were news. */
  private watched = 0;
  private looking = false;
  /** Somebody wanted to look meanwhile. */
  private again = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  /** @param tell called with what is new, and with `null` when that is over */
  constructor(
    session: ProjectSession,
    seen: LastSeen,
    tell: (news: News | null) => void,
    report: (error: unknown) => void,
  ) {
    this.session = session;
    this.seen = seen;
    this.tell = tell;
    this.report = report;
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
      session.history.watch(({ node, time }) => {
        if (node === null || node !== this.node || this.awaySince !== null) return;
        if (this.news === null) this.seen.write(node, time, Date.now());
        // What is older than this waits for the user, also after a reload.
        else this.watched = Math.max(this.watched, time);
      }),
      session.status.subscribe(({ status }) => {
        if (status === 'offline') this.leave();
        else if (status === 'saved' || status === 'read-only') this.look();
      }),
    );
  }

  /** Another file is on the screen, or none. */
  show(node: string | null): void {
    if (node === this.node) return;
    this.leave();
    this.node = node;
    this.setNews(null);
    if (node === null) return;
    this.awaySince = this.seen.read(node)?.leftAt ?? 0;
    this.look();
  }

  /** The user has looked at what is new, or does not want to. */
  dismiss(): void {
    if (this.news !== null) this.seen.write(this.news.node, Math.max(this.news.until, this.watched), Date.now());
    this.setNews(null);
  }

  /** Calling it twice is harmless. */
  close(): void {
    if (this.closed) return;
    this.leave();
    this.closed = true;
    clearTimeout(this.retry);
    for (const undo of this.undo.splice(0)) undo();
  }

  /** What is saved from now on has not been seen. */
  private leave(): void {
    if (this.node === null || this.awaySince !== null) return;
    this.awaySince = Date.now();
    const known = this.seen.read(this.node);
    if (known !== null && this.news === null) this.seen.write(this.node, known.time, this.awaySince);
  }

  private look(): void {
    const { node, awaySince } = this;
    if (this.closed || node === null || awaySince === null) return;
    if (document.visibilityState === 'hidden') return;
    this.again = this.looking;
    if (this.looking) return;
    clearTimeout(this.retry);
    this.looking = true;
    this.find(node, awaySince)
      .catch((error: unknown) => this.report(error))
      .finally(() => {
        this.looking = false;
        // Another file is on the screen meanwhile, or the server can be asked now.
        if (this.node !== node || this.again) this.look();
      });
  }

  private async find(node: string, awaySince: number): Promise<void> {
    const known = this.seen.read(node);
    // Without network it is asked again when there is one: it stays as it was.
    const found = await this.session.history.news(node, known?.time ?? null).catch(() => null);
    if (this.node !== node || this.closed) return;
    if (found === null) {
      this.retry = setTimeout(() => this.look(), RETRY_MS);
      return;
    }
    const isAway = Date.now() - awaySince > ABSENCE_MS;
    const news = known !== null && isAway && found.others.length > 0 ? await this.read(node, known.time) : null;
    if (this.node !== node || this.closed) return;
    this.awaySince = null;
    if (news !== null) this.setNews(news);
    else if (this.news === null && found.newest !== null) this.seen.write(node, found.newest, Date.now());
  }

  private async read(node: string, since: number): Promise<News | null> {
    const history = this.session.history.file(node);
    try {
      const { last } = await ready(history.state);
      const view = await history.ask('absence', since, this.session.user.id);
      if (view.plan.hunks.length === 0) return null;
      const authors = authorsOf(view);
      return {
        node,
        since,
        until: last?.time ?? since,
        authors,
        lines: linesOf(view),
        shared: view.review.shared.filter(({ kind }) => kind === 'same').length,
      };
    } finally {
      history.close();
    }
  }

  private setNews(news: News | null): void {
    if (news === this.news) return;
    if (this.news === null || news === null) this.watched = 0;
    this.news = news;
    this.tell(news);
  }
}

function authorsOf({ plan }: AbsenceView): string[] {
  const authors = plan.hunks.flatMap(({ pieces }) => pieces.map(({ by }) => by.author));
  return [...new Set(authors)].filter((author) => author !== null);
}

/** Lines that changed: of what was written and of what was deleted the greater number. */
function linesOf({ plan }: AbsenceView): number {
  const lines = (text: string): number => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);
  return plan.hunks.reduce((sum, { removed, inserted }) => sum + Math.max(lines(removed), lines(inserted)), 0);
}
