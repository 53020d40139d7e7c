/** What `bench/run.mjs` hands to a benchmark's `main` and takes back from it. */

export interface Peers {
  /** Why the peers cannot be measured; `null` if they can. */
  readonly missing: string | null;
  /** Why Hocuspocus cannot be measured with its SQLite extension; `null` if it can. */
  readonly sqliteMissing: string | null;
  /** The Node that runs the Hocuspocus server; `null` if there is none that it accepts. */
  readonly hocuspocusNode: string | null;
}

export interface BenchmarkOptions {
  /** Top folder of Cowrite. */
  readonly root: string;
  /** Folder of what was built for this benchmark. */
  readonly built: string;
  /** Fewer samples: under 45 s in total. */
  readonly quick: boolean;
  readonly peers: Peers;
  /** Shows progress. */
  readonly say: (line: string) => void;
}

export interface BenchmarkResult {
  readonly table: string;
  readonly report: {
    readonly node: string;
    readonly cpus: number;
    /** Times in milliseconds; `null` for what could not be measured, with a note of the same key. */
    readonly metrics: Readonly<Record<string, number | null>>;
    readonly notes?: Readonly<Record<string, string>>;
  };
}
