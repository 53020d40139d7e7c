export type BuildPart = 'app' | 'server' | 'functions';
export const PARTS: readonly BuildPart[];
export function fingerprint(root: string): string;
export function staleParts(root: string, wanted?: readonly BuildPart[]): BuildPart[];
export function markUnbuilt(root: string, part: BuildPart): void;
export function markBuilt(root: string, part: BuildPart, print: string): void;
