/** Written so that an old Node can read it: it is what tells people that theirs is too old. */
const NEEDED = [20, 19];

/** What is wrong with the version of Node that runs this, and what to do; `null` if nothing is. */
export function nodeProblem(version = process.versions.node) {
  const found = version.split('.').map(Number);
  if (found[0] > NEEDED[0] || (found[0] === NEEDED[0] && found[1] >= NEEDED[1])) return null;
  return [
    `Cowrite needs Node ${NEEDED.join('.')} or newer, but this is Node ${version}.`,
    'Install a current Node (https://nodejs.org, or `nvm install 22`) and run this command again.',
  ].join('\n');
}
