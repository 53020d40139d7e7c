import type { Json } from './json.ts';

/** The parts of an `appwrite.json` that the server reads; keys that it does not know are ignored. */
export interface AppwriteConfig {
  projectId?: string;
  projectName?: string;
  tablesDB?: DatabaseConfig[];
  tables?: TableConfig[];
  buckets?: BucketConfig[];
  functions?: FunctionConfig[];
  [key: string]: unknown;
}

export interface DatabaseConfig {
  $id: string;
  name: string;
  enabled?: boolean;
}

export interface TableConfig {
  $id: string;
  databaseId: string;
  name: string;
  enabled?: boolean;
  rowSecurity?: boolean;
  $permissions?: string[];
  columns?: ColumnConfig[];
  indexes?: IndexConfig[];
}

export interface ColumnConfig {
  key: string;
  type: string;
  required?: boolean;
  array?: boolean;
  default?: Json;
  size?: number | null;
  min?: number | null;
  max?: number | null;
  elements?: string[];
  format?: string | null;
  encrypt?: boolean;
}

export interface IndexConfig {
  key: string;
  type: string;
  columns?: string[];
  attributes?: string[];
  orders?: (string | null)[];
}

export interface BucketConfig {
  $id: string;
  name: string;
  enabled?: boolean;
  fileSecurity?: boolean;
  $permissions?: string[];
  maximumFileSize?: number;
  allowedFileExtensions?: string[];
  compression?: string;
  encryption?: boolean;
  antivirus?: boolean;
}

export interface FunctionConfig {
  $id: string;
  name: string;
  runtime?: string;
  /** Folder of the bundle, relative to the root of the functions. */
  path?: string;
  /** File inside the folder. */
  entrypoint?: string;
  commands?: string;
  execute?: string[];
  events?: string[];
  schedule?: string;
  /** Seconds. */
  timeout?: number;
  enabled?: boolean;
  logging?: boolean;
  scopes?: string[];
  vars?: Record<string, string>;
}
