/** Metrics in the text format of Prometheus (version 0.0.4). */

type Labels = Readonly<Record<string, string>>;

interface Metric {
  lines(): string[];
}

/** A number that only grows, one for each set of labels. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #values = new Map<string, number>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(labels: Labels = {}, by = 1): void {
    const key = labelText(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  lines(): string[] {
    const values = this.#values.size === 0 ? [['', 0] as const] : [...this.#values];
    return [
      ...head(this.#name, this.#help, 'counter'),
      ...values.map(([key, value]) => `${this.#name}${key} ${value}`),
    ];
  }
}

/** Numbers that are read when somebody asks. */
export class Gauge implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => Iterable<readonly [Labels, number]>;

  constructor(name: string, help: string, read: () => Iterable<readonly [Labels, number]>) {
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  lines(): string[] {
    const values = [...this.#read()].map(([labels, value]) => `${this.#name}${labelText(labels)} ${value}`);
    return [...head(this.#name, this.#help, 'gauge'), ...values];
  }
}

/** How often values were at most so large. */
export class Histogram implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` grow. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const at = found < 0 ? this.#bounds.length : found;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  lines(): string[] {
    let total = 0;
    const buckets = [...this.#bounds.map(String), '+Inf'].map((bound, at) => {
      total += this.#counts[at] ?? 0;
      return `${this.#name}_bucket${labelText({ le: bound })} ${total}`;
    });
    const end = [`${this.#name}_sum ${this.#sum}`, `${this.#name}_count ${total}`];
    return [...head(this.#name, this.#help, 'histogram'), ...buckets, ...end];
  }
}

export function exposition(metrics: readonly Metric[]): string {
  return `${metrics.flatMap((metric) => metric.lines()).join('\n')}\n`;
}

function head(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, escaped)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(character: string): string {
  return character === '\n' ? String.raw`\n` : `\\${character}`;
}
