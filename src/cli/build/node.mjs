import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const NODE = 'node20.19';
/** What start.mjs loads; each is a file of this name in src/cli. */
const SERVER_ENTRIES = ['serve', 'setup', 'backup', 'restore', 'doctor'];

/** The part of Cowrite that runs in Node next to its node_modules. */
export function buildServer(root, outDir) {
  const entries = Object.fromEntries(SERVER_ENTRIES.map((name) => [name, `src/cli/${name}.ts`]));
  return bundle(root, entries, outDir, { npmInside: false });
}

/** Every Function of the folder `functions`, each into a folder of its own. */
export async function buildFunctions(root, outDir) {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const ids = readdirSync(join(root, 'functions')).filter((id) => existsSync(join(root, 'functions', id, 'main.ts')));
  for (const id of ids) {
    await bundle(root, { main: `functions/${id}/main.ts` }, join(outDir, id), { npmInside: true });
    // Without it Node before 22 takes a .js file for CommonJS.
    writeFileSync(join(outDir, id, 'package.json'), '{ "type": "module" }\n');
  }
}

/** `entries`: path by name of the result. What Node itself brings always stays outside. */
function bundle(root, entries, outDir, { npmInside }) {
  return build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: npmInside ? { noExternal: true, target: 'node' } : { target: 'node' },
    build: {
      ssr: true,
      target: NODE,
      outDir,
      emptyOutDir: true,
      minify: false,
      sourcemap: !npmInside,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
        output: { format: 'es', entryFileNames: '[name].js', ...(npmInside ? { codeSplitting: false } : {}) },
      },
    },
  });
}
