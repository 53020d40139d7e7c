/** Arguments that a call can have on every engine. */
const TEXT_PIECE = 8_192;

/** A growing list of whole numbers below 2^32, 4 bytes each. What was never set is 0. */
export class Numbers {
  private items: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 16) {
    this.items = new Uint32Array(capacity);
  }

  push(value: number): void {
    this.reserve(this.length + 1);
    this.items[this.length++] = value;
  }

  at(index: number): number {
    return this.items[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.length) {
      this.reserve(index + 1);
      this.length = index + 1;
    }
    this.items[index] = value;
  }

  /** Empties it; the memory stays for what comes next. */
  clear(): void {
    this.items.fill(0, 0, this.length);
    this.length = 0;
  }

  /** The numbers as UTF-16 code units. */
  toText(): string {
    const pieces: string[] = [];
    for (let start = 0; start < this.length; start += TEXT_PIECE) {
      pieces.push(String.fromCharCode(...this.items.subarray(start, Math.min(start + TEXT_PIECE, this.length))));
    }
    return pieces.join('');
  }

  private reserve(capacity: number): void {
    if (capacity <= this.items.length) return;
    const larger = new Uint32Array(Math.max(capacity, this.items.length * 2));
    larger.set(this.items.subarray(0, this.length));
    this.items = larger;
  }
}
