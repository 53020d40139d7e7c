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

  /** Sets all from `start` up to `end`. */
  fill(value: number, start: number, end: number): void {
    if (end > this.length) {
      this.reserve(end);
      this.length = end;
    }
    this.items.fill(value, start, end);
  }

  /** The numbers themselves; do not keep them over a change. */
  get values(): Uint32Array<ArrayBuffer> {
    return this.items.subarray(0, this.length);
  }

  private reserve(capacity: number): void {
    if (capacity <= this.items.length) return;
    const larger = new Uint32Array(Math.max(capacity, this.items.length * 2));
    larger.set(this.items.subarray(0, this.length));
    this.items = larger;
  }
}
