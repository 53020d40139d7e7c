export function ensureDependencies(root: string, say: (line: string) => void): Promise<void>;
export function installedMatches(lockText: string, installedText: string | undefined): boolean;
