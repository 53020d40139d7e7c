/** What is wrong with the version of Node that runs this, and what to do; `null` if nothing is. */
export function nodeProblem(version = process.versions.node) {
  // Written so that an old Node can read it.
  const [major, minor] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (fits) return null;
  return [
    `Cowrite needs Node 20.19 or newer (of Node 22: 22.12 or newer), but this is Node ${version}.`,
    'Install a current Node (https://nodejs.org, or `nvm install 22`) and run this command again.',
  ].join('\n');
}
