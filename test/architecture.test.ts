import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { impuritiesOf, importsOf } from './helpers/imports.ts';

const root = resolve(import.meta.dirname, '..');

interface Layer {
  /** The other layers that it may import. */
  readonly layers: readonly string[];
  /** The npm packages that it may import; `any` where that is left to taste. `node:` stands for Node's own modules. */
  readonly packages: readonly string[] | 'any';
  /** Packages that it must not import although `packages` is `any`. */
  readonly never?: readonly string[];
}

const SERVER_ONLY = ['node:', 'node-appwrite', 'fastify', '@fastify/static', '@fastify/multipart', 'libsql', 'ws'];

/** The import rule. A folder that is not in the table may not exist; nobody imports app, cli or functions. */
const LAYERS: Readonly<Record<string, Layer>> = {
  // fflate is pure as well: bytes in, bytes out, the same in browsers and Node.
  'src/core': { layers: [], packages: ['yjs', 'lib0', 'y-protocols', 'zod', 'fflate'] },
  'src/sync': { layers: ['src/core'], packages: ['yjs', 'lib0', 'y-protocols', 'zod'] },
  'src/store': { layers: ['src/core'], packages: ['yjs', 'lib0', 'y-protocols', 'zod', 'idb', 'y-indexeddb'] },
  'src/backend': { layers: ['src/core'], packages: ['lib0', 'zod', 'appwrite', 'node-appwrite', 'ws'] },
  // Not even the rules of core: the server knows Appwrite, not Cowrite.
  'src/emulator': {
    layers: [],
    packages: ['node:', 'zod', 'fastify', '@fastify/static', '@fastify/multipart', 'libsql', 'ws'],
  },
  'src/app': { layers: ['src/core', 'src/sync', 'src/store', 'src/backend'], packages: 'any', never: SERVER_ONLY },
  'src/cli': { layers: ['src/core', 'src/sync', 'src/backend', 'src/emulator'], packages: 'any' },
  functions: { layers: ['src/core', 'src/backend'], packages: 'any' },
};

/** Globals that give a rule a clock, a network, a device or chance. */
const OUTSIDE_WORLD = new Set(
  (
    'performance process setTimeout setInterval setImmediate requestAnimationFrame queueMicrotask fetch WebSocket ' +
    'XMLHttpRequest BroadcastChannel navigator crypto console require window document self globalThis localStorage ' +
    'sessionStorage indexedDB'
  ).split(' '),
);
const IMPURE_MODULES = ['lib0/time', 'lib0/random', 'lib0/storage', 'lib0/webcrypto', 'lib0/broadcastchannel'];

function sourcesIn(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(path);
    return /\.[cm]?[jt]s$/.test(entry.name) && !entry.name.endsWith('.d.mts') ? [path] : [];
  });
}

/** What a source imports against the rule of its layer, in words. */
function violations(path: string, source: string): string[] {
  const own = layerOf(path);
  const layer = own === undefined ? undefined : LAYERS[own];
  if (own === undefined || layer === undefined) return [`${path} is in no layer`];
  return importsOf(path, source).flatMap((name) => {
    if (name.startsWith('.')) {
      const target = relative(root, resolve(root, dirname(path), name))
        .split(sep)
        .join('/');
      const other = layerOf(target);
      const allowed = other === own || (other === undefined ? isAsset(target) : layer.layers.includes(other));
      return allowed ? [] : [`${path} imports ${target}`];
    }
    return mayImport(layer, packageOf(name)) ? [] : [`${path} imports ${name}`];
  });
}

function layerOf(path: string): string | undefined {
  return Object.keys(LAYERS).find((layer) => path === layer || path.startsWith(`${layer}/`));
}

/** Files outside all layers that sources may read: the schema and the fonts and styles of packages. */
function isAsset(path: string): boolean {
  return path === 'appwrite.json' || path === 'package.json';
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return 'node:';
  const parts = name.split('/');
  return parts.slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

function mayImport(layer: Layer, name: string): boolean {
  if (layer.never?.includes(name)) return false;
  return layer.packages === 'any' || layer.packages.includes(name);
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe('the import rule', () => {
  it.each(Object.keys(LAYERS))('holds in %s', (layer) => {
    expect(sourcesIn(layer).flatMap((path) => violations(path, read(path)))).toEqual([]);
  });

  it('knows every folder of src', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).map(({ name }) => `src/${name}`);
    expect(folders.filter((folder) => !(folder in LAYERS))).toEqual([]);
  });

  it('finds what breaks it', () => {
    const sample = `
      import { a } from '../app/main.ts'; // a root
      import type { B } from '../backend/web.ts';
      export * from '../emulator/server.ts';
      /* import '../cli/serve.ts' */
      const c = import('../store/outbox-store.ts');
      type D = import('fastify').FastifyInstance;
      new Worker(new URL('../app/worker.ts', import.meta.url));
      import fs from 'node:fs';
      import { e } from './ids.ts';
      import * as Y from 'yjs';
    `;
    expect(violations('src/core/sample.ts', sample)).toEqual([
      'src/core/sample.ts imports src/app/main.ts',
      'src/core/sample.ts imports src/backend/web.ts',
      'src/core/sample.ts imports src/emulator/server.ts',
      'src/core/sample.ts imports src/store/outbox-store.ts',
      'src/core/sample.ts imports fastify',
      'src/core/sample.ts imports src/app/worker.ts',
      'src/core/sample.ts imports node:fs',
    ]);
    expect(violations('src/emulator/x.ts', `import { mayWrite } from '../core/roles.ts';`)).toHaveLength(1);
    expect(violations('src/emulator/x.ts', `import * as Y from 'yjs';`)).toHaveLength(1);
    expect(violations('src/app/x.ts', `import { readFileSync } from 'node:fs';`)).toHaveLength(1);
    expect(violations('src/new/x.ts', '')).toEqual(['src/new/x.ts is in no layer']);
  });
});

describe('core', () => {
  it('uses no clock, no chance, no device and no network', () => {
    const found = sourcesIn('src/core').flatMap((path) =>
      impuritiesOf(path, read(path), OUTSIDE_WORLD).map((what) => `${path} uses ${what}`),
    );
    expect(found).toEqual([]);
  });

  it('imports no module that brings them in', () => {
    const found = sourcesIn('src/core').flatMap((path) =>
      importsOf(path, read(path)).filter((name) => IMPURE_MODULES.some((impure) => name.startsWith(impure))),
    );
    expect(found).toEqual([]);
  });

  it('is compiled without DOM and Node types', () => {
    const config: unknown = JSON.parse(read('src/core/tsconfig.json'));
    expect(config).toMatchObject({ compilerOptions: { lib: ['ES2023'], types: [] }, include: ['.'] });
  });

  it('is scanned by something that finds what is wrong', () => {
    const bad = `
      const a = Date.now(), b = new Date(), c = Math.random(), d = Date();
      setTimeout(() => fetch(window.location.href), performance.now());
      process.exit(); document.body.append(''); globalThis['x'] = { process };
    `;
    expect(impuritiesOf('bad.ts', bad, OUTSIDE_WORLD).sort()).toEqual([
      'Date()',
      'Date.now',
      'Math.random',
      'document',
      'fetch',
      'globalThis',
      'new Date()',
      'performance',
      'process',
      'process',
      'setTimeout',
      'window',
    ]);
    const good = `
      // Date.now() and window
      export function f(document: { process: string }) { return new Date(document.process).toISOString(); }
      const at: Document = { fetch: 1, 'window': 2 }; at.process;
    `;
    expect(impuritiesOf('good.ts', good, OUTSIDE_WORLD)).toEqual([]);
  });
});
