/**
 * The life of one page. After `crash` nothing of it goes on: what it waits for never comes, what it starts never
 * happens. What had reached the device or the server before stays there.
 */
export class Life {
  over = false;
  onCrash: () => void = () => undefined;

  crash(): void {
    this.over = true;
    this.onCrash();
  }

  /** A promise that stays open for ever once the page is gone. */
  bound<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => {
          if (!this.over) resolve(value);
        },
        (error: unknown) => {
          if (!this.over) reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
