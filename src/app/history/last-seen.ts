/** What a user has seen of a file last, kept in this browser. */
export interface Seen {
  /** Epoch milliseconds by the server's clock: all that was saved up to here was on the screen. */
  readonly time: number;
  /** Epoch milliseconds by this device's clock: when the file was on the screen last. */
  readonly leftAt: number;
}

export class LastSeen {
  private readonly prefix: string;

  constructor(user: string, project: string) {
    this.prefix = `cowrite:seen:${user}:${project}:`;
  }

  /** `null`: the user has never seen it here. */
  read(node: string): Seen | null {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.prefix + node) ?? 'null');
      if (typeof value !== 'object' || value === null) return null;
      const { time, leftAt } = value as Record<string, unknown>;
      return typeof time === 'number' && typeof leftAt === 'number' ? { time, leftAt } : null;
    } catch {
      // A damaged entry, or storage that is blocked: as if nothing had been seen.
      return null;
    }
  }

  /** Time only goes forward. */
  write(node: string, time: number, leftAt: number): void {
    const known = this.read(node);
    const seen = { time: Math.max(time, known?.time ?? 0), leftAt };
    try {
      localStorage.setItem(this.prefix + node, JSON.stringify(seen));
    } catch {
      // Storage that is full or blocked costs only the question what is new.
    }
  }
}
