/**
 * The policy by which the browser takes text as a script's address or as HTML where a library hands it plain text
 * (Trusted Types): scripts of this server, and drawings without anything that could run. Everything else throws.
 * Import it before anything that draws. In browsers without Trusted Types it does nothing.
 */
interface Factory {
  createPolicy(
    name: string,
    rules: { createHTML: (text: string) => string; createScriptURL: (url: string) => string },
  ): unknown;
}

/** What icons consist of. */
const DRAWING =
  /^(?:\s|<!--[^<>]*-->|<\/?(?:svg|g|path|circle|ellipse|line|polyline|polygon|rect)(?:\s+(?!on|href|style)[a-z][a-z-]*="[^"<>]*")*\s*\/?>)*$/i;

/** Returns the text; throws a TypeError if it is anything but a drawing, or nothing. */
export function drawingOnly(text: string): string {
  if (DRAWING.test(text)) return text;
  throw new TypeError('Text was about to be read as HTML.');
}

/** Returns the address; throws a TypeError if it leads to another server. */
export function ownScript(url: string, base: string): string {
  if (new URL(url, base).origin === new URL(base).origin) return url;
  throw new TypeError('A script of another server was about to be loaded.');
}

const { trustedTypes } = globalThis as { trustedTypes?: Factory };
trustedTypes?.createPolicy('default', {
  createHTML: drawingOnly,
  createScriptURL: (url) => ownScript(url, location.href),
});
