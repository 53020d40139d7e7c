/**
 * `npm start`: gets Cowrite running on a machine that has nothing but Node and npm.
 *
 * This file only checks the Node version, and is written so that an old Node can read it; everything else is in
 * start/main.mjs, which may use what Node 20 offers.
 */
const needed = [20, 19];
const found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    [
      `Cowrite needs Node ${needed.join('.')} or newer, but this is Node ${process.versions.node}.`,
      'Install a current Node (https://nodejs.org, or `nvm install 22`) and run this command again.',
    ].join('\n'),
  );
  process.exitCode = 1;
} else {
  import('./start/main.mjs')
    .then((module) => module.main(process.argv.slice(2)))
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
}
