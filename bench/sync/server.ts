/** The embedded server in a process of its own: `node server.js DATA_DIR SCHEMA PAGES_DIR off|appwrite`. */
import { readFileSync } from 'node:fs';
import { startServer, type AppwriteConfig } from '../../src/emulator/server.ts';

export interface ServerReady {
  readonly url: string;
  readonly apiKey: string;
}

const [dataDir = '', schemaPath = '', pages = '', limits] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaPath, 'utf8')) as AppwriteConfig;
const server = await startServer({
  dataDir,
  schema,
  functionsRoot: dataDir,
  app: { dir: pages },
  limits: limits === 'appwrite' ? 'appwrite' : 'off',
});
process.on('disconnect', () => {
  server.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.send?.({ url: server.url, apiKey: server.apiKey } satisfies ServerReady);
