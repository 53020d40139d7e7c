/**
 * The default Hocuspocus server: `node server.mjs [DATABASE]`. With a database it has its SQLite extension, and tells
 * its parent each time a store has ended: how long the text was when it began, and when it was on disk.
 */
import { Server } from '@hocuspocus/server';

const [database] = process.argv.slice(2);
const server = new Server({
  port: 0,
  address: 'localhost',
  quiet: true,
  stopOnSignals: false,
  extensions: database === undefined ? [] : await sqlite(database),
});
await server.listen();
process.on('disconnect', () => process.exit(0));
process.send?.({ port: server.address.port });

async function sqlite(path) {
  const { SQLite } = await import('@hocuspocus/extension-sqlite');
  let length = 0;
  const watcher = {
    priority: 1000,
    onStoreDocument: async ({ document }) => {
      length = document.getText('text').length;
    },
    afterStoreDocument: async () => {
      process.send?.({ stored: length, at: Number(process.hrtime.bigint()) / 1e6 });
    },
  };
  const storage = new SQLite({ database: path });
  // Node 24.19 and later abort when a statement of better-sqlite3 12 is collected, and the extension prepares one each
  // time: they are kept.
  const kept = [];
  const keeper = {
    priority: -1,
    onConfigure: async () => {
      const { db } = storage;
      const prepare = db.prepare.bind(db);
      db.prepare = (sql) => {
        const statement = prepare(sql);
        kept.push(statement);
        return statement;
      };
    },
  };
  return [watcher, storage, keeper];
}
