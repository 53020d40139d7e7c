/** What an Appwrite project already has, as far as the set-up looks at it: the shapes of the answers of its API. */

export interface ExistingDatabase {
  readonly $id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface ExistingColumn {
  readonly key: string;
  readonly type: string;
  readonly required: boolean;
  readonly array?: boolean | undefined;
  readonly size?: number | undefined;
  readonly min?: number | bigint | null | undefined;
  readonly max?: number | bigint | null | undefined;
  readonly default?: unknown;
}

export interface ExistingIndex {
  readonly key: string;
  readonly type: string;
  readonly columns: readonly string[];
  /** May be shorter than `columns`: what is missing is ascending. */
  readonly orders?: readonly (string | null)[] | undefined;
}

export interface ExistingTable {
  readonly $id: string;
  readonly databaseId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly rowSecurity: boolean;
  readonly $permissions: readonly string[];
  readonly columns: readonly ExistingColumn[];
  readonly indexes: readonly ExistingIndex[];
}

export interface ExistingBucket {
  readonly $id: string;
  readonly name: string;
  readonly $permissions: readonly string[];
  readonly fileSecurity: boolean;
  readonly enabled: boolean;
  readonly maximumFileSize: number | bigint;
  readonly allowedFileExtensions: readonly string[];
  readonly compression: string;
  readonly encryption: boolean;
  readonly antivirus: boolean;
}

export interface ExistingFunction {
  readonly $id: string;
  readonly name: string;
  readonly runtime: string;
  readonly entrypoint: string;
  readonly commands: string;
  readonly execute: readonly string[];
  readonly events: readonly string[];
  readonly schedule: string;
  readonly timeout: number;
  readonly enabled: boolean;
  readonly logging: boolean;
  readonly scopes: readonly string[];
  /** Empty while no code is active. */
  readonly deploymentId: string;
  /** Environment variables; those that Appwrite keeps secret have no value here. */
  readonly vars: Readonly<Record<string, string>>;
}

export interface Existing {
  readonly databases: readonly ExistingDatabase[];
  readonly tables: readonly ExistingTable[];
  readonly buckets: readonly ExistingBucket[];
  readonly functions: readonly ExistingFunction[];
}
