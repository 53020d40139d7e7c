export interface ServeCommand {
  readonly kind: 'serve';
  readonly port: number;
  readonly host: string | undefined;
  readonly data: string;
  readonly fresh: boolean;
  readonly demo: boolean;
  readonly apiKey: string | undefined;
  readonly dev: boolean;
}

export interface SetupCommand {
  readonly kind: 'setup';
  readonly endpoint: string;
  readonly project: string;
  readonly key: string;
  readonly dryRun: boolean;
}

export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly kind: 'help' } | ServeCommand | SetupCommand;
