/** What `npm run bench -- relay` needs built. */
export default {
  node: { main: 'main.ts', server: '../sync/server.ts' },
  bundled: { cowrite: 'cowrite/node.ts' },
  pages: { cowrite: 'pages/cowrite.html' },
  peers: {
    bundled: { ywebsocket: 'ywebsocket/node.mjs', hocuspocus: 'hocuspocus/node.mjs' },
    pages: { ywebsocket: 'pages/ywebsocket.html', hocuspocus: 'pages/hocuspocus.html' },
  },
};
