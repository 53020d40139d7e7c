import type { Random } from './random.ts';

/** Texts that parsers stumble over. */
const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'true',
  'unique()',
  '..',
  '../../etc/passwd',
  '%2e%2e%2fcowrite.db',
  "'; DROP TABLE users; --",
  '"',
  '\\',
  '\0',
  '\u0001a',
  '\uD800',
  '\u{1F600}'.repeat(20),
  '__proto__',
  'constructor',
  '${1+1}',
  '{{7*7}}',
  'read("any")',
  'read("user:nobody")',
  'a'.repeat(37),
  'x'.repeat(5000),
  '%',
  '*',
  'team:one/owner',
  '2026-11-20T00:00:00.000+00:00',
  'https://evil.example',
  '9'.repeat(40),
] as const;
const NUMBERS = [0, -0, 1, -1, 0.5, 1e21, -1e308, 2 ** 31, 2 ** 53, 2 ** 63, Number.MAX_VALUE] as const;
const KEYS = [
  'data',
  'rowId',
  'documentId',
  'permissions',
  '$id',
  '$permissions',
  '$sequence',
  '$createdAt',
  'rows',
  'documents',
  'queries',
  'transactionId',
  'operations',
  'commit',
  'rollback',
  'userId',
  'email',
  'password',
  'name',
  'prefs',
  'roles',
  'teamId',
  'url',
  'secret',
  'doc',
  'text',
  'count',
  'tags',
  'value',
  'max',
  'key',
  'type',
  'size',
  'columns',
  'fileId',
  'bucketId',
  'body',
  'method',
  'headers',
  'async',
  'path',
  'schedule',
  'events',
  '__proto__',
  'toString',
] as const;
const METHODS = [
  'equal',
  'notEqual',
  'lessThan',
  'greaterThanEqual',
  'between',
  'contains',
  'search',
  'startsWith',
  'isNull',
  'and',
  'or',
  'limit',
  'offset',
  'cursorAfter',
  'orderDesc',
  'orderRandom',
  'select',
  'nonsense',
] as const;
const ATTRIBUTES = [
  'doc',
  'text',
  'count',
  'tags',
  '$id',
  '$sequence',
  '$createdAt',
  '',
  'nope',
  'c1) OR 1=1 --',
] as const;

/** Makes up requests, frames and parts of them; what it makes follows from its `Random` alone. */
export class Fuzz {
  readonly random: Random;
  /** Ids that exist, so that not every request ends at its first check. */
  readonly #ids: readonly string[];

  constructor(random: Random, ids: readonly string[]) {
    this.random = random;
    this.#ids = ids;
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }

  text(): string {
    if (this.chance(0.5)) return this.#ids[this.random.below(this.#ids.length)] ?? '';
    return this.random.pick(TEXTS);
  }

  json(depth = 0): unknown {
    const kind = this.random.below(depth > 3 ? 5 : 8);
    if (kind < 2) return this.text();
    if (kind === 2) return this.random.pick(NUMBERS);
    if (kind === 3) return this.chance(0.5);
    if (kind === 4) return null;
    const length = this.random.below(4);
    if (kind === 5) return Array.from({ length }, () => this.json(depth + 1));
    if (kind === 6) return this.query();
    return this.object(depth + 1);
  }

  object(depth = 0): Record<string, unknown> {
    const entries = Array.from({ length: 1 + this.random.below(5) }, () => [this.random.pick(KEYS), this.json(depth)]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  query(depth = 0): string {
    if (this.chance(0.1)) return this.text();
    const method = this.random.pick(METHODS);
    const nested = (method === 'and' || method === 'or') && depth < 3;
    const values = Array.from({ length: this.random.below(4) }, () =>
      nested ? (JSON.parse(this.safe(this.query(depth + 1))) as unknown) : this.json(3),
    );
    return JSON.stringify({ method, attribute: this.random.pick(ATTRIBUTES), values });
  }

  /** A body that is JSON most of the time, cut or broken at times. */
  body(): string {
    const text = JSON.stringify(this.chance(0.9) ? this.object() : this.json());
    if (this.chance(0.05)) return text.slice(0, this.random.below(text.length));
    if (this.chance(0.02)) return '['.repeat(20_000);
    return text;
  }

  /** The query string of a URL, `?` included; empty at times. */
  search(): string {
    const parts: string[] = [];
    for (let n = this.random.below(4); n > 0; n--) parts.push(`queries[${n}]=${this.encoded(this.query())}`);
    if (this.chance(0.3)) parts.push(`${this.encoded(this.text())}=${this.encoded(this.text())}`);
    if (this.chance(0.1)) parts.push('total=0', 'project=other', 'queries[]=%', 'queries=x');
    return parts.length === 0 ? '' : `?${parts.join('&')}`;
  }

  /** A route with something in place of its parameters. */
  path(pattern: string): string {
    return pattern.replaceAll(/:\w+/g, () => this.encoded(this.text()).slice(0, 600));
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.random.below(256)));
  }

  encoded(text: string): string {
    return encodeURIComponent(text.replaceAll(/[\uD800-\uDFFF]/g, '?'));
  }

  private safe(text: string): string {
    try {
      JSON.parse(text);
      return text;
    } catch {
      return 'null';
    }
  }
}
