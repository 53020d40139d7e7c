import type { Json, JsonObject } from './json.ts';

/** The parameters of a URL as PHP reads them: `a=1`, and lists as `a[0]=x&a[1]=y` or `a[]=x`. */
export function parseQueryString(url: string): JsonObject {
  const at = url.indexOf('?');
  const params: JsonObject = {};
  if (at < 0) return params;
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    const list = /^([^[\]]+)\[\w*\]$/.exec(name)?.[1];
    if (list === undefined) {
      set(params, name, value);
      continue;
    }
    const items: Json | undefined = params[list];
    if (Array.isArray(items)) items.push(value);
    else set(params, list, [value]);
  }
  return params;
}

function set(params: JsonObject, name: string, value: Json): void {
  Object.defineProperty(params, name, { value, enumerable: true, configurable: true, writable: true });
}
