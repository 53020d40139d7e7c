/**
 * `npm start`: gets Cowrite running on a machine that has nothing but Node and npm.
 *
 * This file only checks the Node version; everything else is in start/main.mjs, which an old Node need not understand.
 */
import { nodeProblem } from './start/node-version.mjs';

const problem = nodeProblem();
if (problem !== null) {
  console.error(problem);
  process.exitCode = 1;
} else {
  import('./start/main.mjs')
    .then((module) => module.main(process.argv.slice(2)))
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
}
