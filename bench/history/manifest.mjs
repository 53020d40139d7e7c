/** What `npm run bench -- history` needs built. */
export default { node: { main: 'main.ts', cowrite: 'cowrite.ts', yjs: 'yjs.ts' } };
