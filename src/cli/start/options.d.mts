export interface ServeCommand {
  readonly kind: 'serve';
  readonly port: number;
  readonly host: string | undefined;
  readonly platforms: readonly string[];
  readonly data: string;
  readonly fresh: boolean;
  readonly demo: boolean;
  readonly apiKey: string | undefined;
  readonly log: 'text' | 'json';
  readonly limits: 'off' | 'appwrite';
  readonly dev: boolean;
}

export interface BackupCommand {
  readonly kind: 'backup';
  readonly data: string;
  readonly out: string;
}

export interface RestoreCommand {
  readonly kind: 'restore';
  readonly in: string;
  readonly data: string;
}

export interface SetupCommand {
  readonly kind: 'setup';
  readonly endpoint: string;
  readonly project: string;
  readonly key: string;
  readonly dryRun: boolean;
  readonly functionsOnly: boolean;
}

export interface DoctorCommand {
  readonly kind: 'doctor';
  readonly patient:
    { readonly data: string } | { readonly endpoint: string; readonly project: string; readonly key: string };
  readonly repair: boolean;
  readonly json: boolean;
}

export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly kind: 'help' } | ServeCommand | SetupCommand | BackupCommand | RestoreCommand | DoctorCommand;
