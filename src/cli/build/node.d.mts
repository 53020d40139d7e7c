export function buildServer(root: string, outDir: string): Promise<unknown>;
export function buildFunctions(root: string, outDir: string): Promise<void>;
