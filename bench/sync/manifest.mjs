/** What `npm run bench -- sync` needs built. */
export default {
  node: { main: 'main.ts', server: 'server.ts' },
  bundled: { cowrite: 'cowrite/node.ts' },
  pages: { cowrite: 'pages/cowrite.html' },
  peers: { bundled: { ywebsocket: 'ywebsocket/node.mjs', hocuspocus: 'hocuspocus/node.mjs' } },
};
