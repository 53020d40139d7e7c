import { spawn } from 'node:child_process';

/**
 * Runs a program in `cwd` with this terminal and waits for it.
 * Resolves with its exit code (1 if a signal ended it). A SIGINT or SIGTERM that we get meanwhile goes on to it, and ends
 * this process once it has ended.
 */
export function run(command, args, { cwd, env = process.env, shell = false, timeoutMs = 0 }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      shell,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: timeoutMs,
    });
    let signalled = null;
    const forward = (signal) => {
      signalled = signal;
      child.kill(signal);
    };
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    const done = () => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code) => {
      done();
      if (signalled !== null) process.exit(signalled === 'SIGINT' ? 130 : 143);
      resolve(code ?? 1);
    });
  });
}
