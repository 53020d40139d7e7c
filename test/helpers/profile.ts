import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext } from 'playwright';
import { Tab } from './browser.ts';
import { CHROMIUM, CHROMIUM_FLAGS } from './chromium.ts';

/** A browser with a profile on disk, which can be killed like any program and started again with what it had. */
export class Profile {
  private readonly folder = mkdtempSync(join(tmpdir(), 'cowrite-profile-'));
  private process: ChildProcess | null = null;
  private browser: Browser | null = null;

  /** Starts it, and opens an address in a tab. */
  async start(url: string): Promise<{ tab: Tab; context: BrowserContext }> {
    const portFile = join(this.folder, 'DevToolsActivePort');
    rmSync(portFile, { force: true });
    const flags = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${this.folder}`];
    // A process group of its own, to end all of its processes at one blow.
    this.process = spawn(CHROMIUM, [...CHROMIUM_FLAGS, ...flags, 'about:blank'], { detached: true, stdio: 'ignore' });
    for (let tries = 0; !existsSync(portFile) || !readFileSync(portFile, 'utf8').includes('\n'); tries++) {
      if (tries > 600) throw new Error('Chromium does not start');
      await sleep(50);
    }
    const [port] = readFileSync(portFile, 'utf8').split('\n');
    this.browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const [context] = this.browser.contexts();
    if (!context) throw new Error('Chromium has no default context');
    const tab = new Tab(await context.newPage());
    await tab.page.goto(url);
    return { tab, context };
  }

  /** SIGKILL for all of its processes: nothing more is written. */
  async kill(): Promise<void> {
    await this.end((group) => process.kill(-group, 'SIGKILL'));
  }

  /** Ends it as a person does: what it holds is written to disk. */
  async quit(): Promise<void> {
    const devtools = await this.browser?.newBrowserCDPSession();
    await this.end(() => devtools?.send('Browser.close'));
  }

  /** Ends it and removes the profile. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  private async end(how: (group: number) => unknown): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child?.pid === undefined) return;
    const exited = once(child, 'exit');
    await how(child.pid);
    await exited;
    await this.browser?.close();
    this.browser = null;
  }
}
