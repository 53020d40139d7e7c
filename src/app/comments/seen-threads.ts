import type { Seen } from '../../core/review/unread.ts';
import type { Observable } from '../session/api.ts';
import { Signal } from '../session/signal.ts';

/** More threads than this are not remembered: the oldest are forgotten, and may show as unread once more. */
const MAX_THREADS = 2000;

/** How far the user has read each thread of a project, kept in this browser and shared by its tabs. */
export class SeenThreads {
  private readonly key: string;
  private readonly signal: Signal<Seen>;

  constructor(user: string, project: string) {
    this.key = `cowrite:seen:${user}:${project}`;
    this.signal = new Signal(this.read());
    addEventListener('storage', this.changedElsewhere);
  }

  get seen(): Observable<Seen> {
    return this.signal;
  }

  /** `comments`: how many comments of others the thread has. */
  mark(thread: string, comments: number): void {
    const { [thread]: before = 0, ...others } = this.signal.value;
    if (before >= comments) return;
    const kept = Object.entries(others).slice(-MAX_THREADS + 1);
    const seen = { ...Object.fromEntries(kept), [thread]: comments };
    this.signal.set(seen);
    try {
      localStorage.setItem(this.key, JSON.stringify(seen));
    } catch (error) {
      console.warn('What has been read is not remembered: this browser keeps no data for this site.', error);
    }
  }

  close(): void {
    removeEventListener('storage', this.changedElsewhere);
  }

  private readonly changedElsewhere = (event: StorageEvent): void => {
    if (event.key === this.key) this.signal.set(this.read());
  };

  private read(): Seen {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.key) ?? '{}');
      if (typeof value !== 'object' || value === null) return {};
      const entries = Object.entries(value).filter(([, count]) => typeof count === 'number');
      return Object.fromEntries(entries) as Seen;
    } catch {
      return {}; // somebody else's entry, or no storage: everything counts as new
    }
  }
}
