import { encodeUtf8 } from 'lib0/string';
import { Numbers } from './numbers.ts';

/** Many short byte strings in one piece of memory. */
export class ByteColumn {
  /** Where each one ends. */
  private readonly ends = new Numbers(1024);
  private bytes = new Uint8Array(16 * 1024);

  get length(): number {
    return this.ends.length;
  }

  push(item: Uint8Array): void {
    const start = this.endOf(this.length - 1);
    this.reserve(start + item.length);
    this.bytes.set(item, start);
    this.ends.push(start + item.length);
  }

  /** Adds a text as UTF-8. */
  pushText(text: string): void {
    const start = this.endOf(this.length - 1);
    this.reserve(start + text.length);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) {
        this.push(encodeUtf8(text));
        return;
      }
      this.bytes[start + at] = code;
    }
    this.ends.push(start + text.length);
  }

  /** A view, not a copy; empty where there is none. */
  at(index: number): Uint8Array {
    return this.bytes.subarray(this.endOf(index - 1), this.endOf(index));
  }

  /** The first that is equal, or -1. */
  indexOf(item: Uint8Array): number {
    for (let index = 0, start = 0; index < this.length; index++) {
      const end = this.ends.at(index);
      if (end - start === item.length && this.isAt(start, item)) return index;
      start = end;
    }
    return -1;
  }

  private reserve(capacity: number): void {
    if (capacity <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, capacity));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  private isAt(start: number, item: Uint8Array): boolean {
    for (let at = 0; at < item.length; at++) if (this.bytes[start + at] !== item[at]) return false;
    return true;
  }

  private endOf(index: number): number {
    return index < 0 ? 0 : this.ends.at(index);
  }
}
