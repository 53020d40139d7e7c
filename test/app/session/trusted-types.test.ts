import { expect, it } from 'vitest';
import { drawingOnly, ownScript } from '../../../src/app/trusted-types.ts';

it('only drawings pass as HTML', () => {
  const icon =
    '<!-- @license lucide-static v1.62.0 - ISC -->\n<svg class="lucide" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">\n  <path d="m6 9 6 6 6-6" />\n</svg>\n';
  for (const text of ['', icon, '<svg><circle r="1"></circle></svg>']) expect(drawingOnly(text)).toBe(text);
  for (const text of [
    '<img src=x onerror=ran=1>',
    '<svg onload="ran=1"></svg>',
    '<svg ONLOAD="ran=1"></svg>',
    '<svg/onload="ran=1"></svg>',
    '<svg><script>ran=1</script></svg>',
    '<svg><a href="javascript:ran=1"></a></svg>',
    '<svg><path d="1" xlink:href="javascript:ran=1" /></svg>',
    '<svg><foreignObject></foreignObject></svg>',
    '<svg style="background:url(x)"></svg>',
    '<svg class="a"b" onload="ran=1"></svg>',
    '<!--><img src=x onerror=ran=1>-->',
    'text',
  ]) {
    expect(() => drawingOnly(text)).toThrow(TypeError);
  }
});

it('only scripts of the same server are loaded', () => {
  const base = 'https://cowrite.example/p/1';
  for (const url of ['/sw.js', './a.js', 'https://cowrite.example/a.js']) expect(ownScript(url, base)).toBe(url);
  for (const url of ['https://evil.example/a.js', '//evil.example/a.js', 'data:text/javascript,1', 'blob:null/1']) {
    expect(() => ownScript(url, base)).toThrow(TypeError);
  }
});
