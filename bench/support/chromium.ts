import { existsSync } from 'node:fs';
import { chromium, type BrowserContext } from 'playwright';
import { CHROMIUM, CHROMIUM_FLAGS } from '../../test/helpers/chromium.ts';

/**
 * A browser of its own with a profile on disk, as a person has it: in the contexts that a shared browser offers,
 * IndexedDB would live in memory.
 */
export function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    // Where the system has none, the one that Playwright has installed.
    ...(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {}),
    args: CHROMIUM_FLAGS,
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
