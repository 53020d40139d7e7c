/**
 * Asks the registry of npm for known problems of the packages that users get (`npm audit --omit=dev`). Resolves with
 * what `npm test` counts: a problem of severity high or critical fails; a registry that does not answer is told, and
 * neither passes nor fails.
 */
import { spawnSync } from 'node:child_process';

const PATIENCE_MS = 60_000;
const FAILING = ['high', 'critical'];

export function audit(root) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { stdout, error } = spawnSync(npm, ['audit', '--omit=dev', '--json', '--audit=true', '--fetch-retries=0'], {
    cwd: root,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return judge(stdout ?? '', error);
}

/** Reads what npm printed. */
export function judge(printed, error) {
  const report = read(printed);
  const found = report?.metadata?.vulnerabilities;
  if (typeof found !== 'object' || found === null) {
    const why = report?.message ?? report?.error?.summary ?? error?.message ?? 'no answer';
    return { passed: 0, failed: 0, skipped: 1, note: `NOT AUDITED: no registry said what is known (${why}).` };
  }
  const bad = FAILING.reduce((sum, severity) => sum + (found[severity] ?? 0), 0);
  const names = Object.entries(report.vulnerabilities ?? {}).map(([name, { severity }]) => `${name} (${severity})`);
  const note = names.length === 0 ? 'No known problems.' : `Known problems: ${names.join(', ')}. See npm audit.`;
  return { passed: bad === 0 ? 1 : 0, failed: bad === 0 ? 0 : 1, note };
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
