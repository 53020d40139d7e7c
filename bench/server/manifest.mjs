/** What `npm run bench -- server` needs built. */
export default { node: { main: 'main.ts', server: 'server.ts' } };
