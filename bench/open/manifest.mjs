/** What `npm run bench -- open` needs built. */
export default {
  node: { main: 'main.ts', server: '../sync/server.ts' },
  bundled: { cowrite: 'cowrite.ts' },
  peers: { bundled: { ywebsocket: 'ywebsocket.mjs', hocuspocus: 'hocuspocus.mjs' } },
};
