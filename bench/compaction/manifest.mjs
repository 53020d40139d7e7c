/** What `npm run bench -- compaction` needs built. */
export default { node: { main: 'main.ts', fold: 'fold.ts', server: '../sync/server.ts' } };
