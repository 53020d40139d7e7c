import type { SignInWays } from './account-api.ts';
import type { EndpointProfile } from '../../sync/governor.ts';

/** Which Appwrite the app talks to, from `/config.json` beside the app; build-time settings go first. */
export interface AppConfig {
  /** Absolute, without a slash at the end. */
  readonly endpoint: string;
  readonly project: string;
  /** What the server allows in a minute: `profile` of the configuration, else by its address. */
  readonly profile: EndpointProfile;
  readonly demo: { readonly project: string; readonly name: string; readonly token: string } | null;
  /** `signIn: {magicLink, oauth: [name…]}`: ways to sign in that the server offers beside passwords; none by default. */
  readonly signIn: SignInWays;
  /** `mail: true`: the server sends invitations by e-mail. */
  readonly mail: boolean;
}

const REMEMBERED = 'cowrite:config';

/** Loads the configuration; without network the one that was used last. Rejects if there is none at all. */
export async function loadConfig(): Promise<AppConfig> {
  const text = (await fetchConfig()) ?? localStorage.getItem(REMEMBERED);
  const served = parse(text);
  const endpoint = setting('VITE_APPWRITE_ENDPOINT') ?? served['endpoint'];
  const project = setting('VITE_APPWRITE_PROJECT_ID') ?? served['projectId'];
  if (typeof endpoint !== 'string' || typeof project !== 'string') {
    throw new Error('Cowrite does not know its server: /config.json names no endpoint and projectId.');
  }
  if (text !== null) localStorage.setItem(REMEMBERED, text);
  const absolute = new URL(endpoint, location.origin).href.replace(/\/$/, '');
  const profile = parseProfile(setting('VITE_APPWRITE_PROFILE') ?? served['profile'], new URL(absolute).hostname);
  const signIn = parseSignIn(served['signIn']);
  const mail = served['mail'] === true;
  return { endpoint: absolute, project, profile, demo: parseDemo(served['demo']), signIn, mail };
}

async function fetchConfig(): Promise<string | null> {
  try {
    const response = await fetch('/config.json', { cache: 'no-cache' });
    return response.ok ? await response.text() : null;
  } catch {
    // No network: the remembered one serves.
    return null;
  }
}

function setting(name: string): string | undefined {
  const value: unknown = (import.meta.env as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parse(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parseProfile(value: unknown, host: string): EndpointProfile {
  if (value === 'cloud' || value === 'self-hosted' || value === 'embedded') return value;
  return host.endsWith('.appwrite.io') ? 'cloud' : 'self-hosted';
}

function parseSignIn(value: unknown): SignInWays {
  const { magicLink, oauth } = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const named = Array.isArray(oauth) ? oauth.filter((name): name is string => typeof name === 'string') : [];
  return { magicLink: magicLink === true, oauth: named };
}

function parseDemo(value: unknown): AppConfig['demo'] {
  if (typeof value !== 'object' || value === null) return null;
  const { project, name, token } = value as Record<string, unknown>;
  if (typeof project !== 'string' || typeof name !== 'string' || typeof token !== 'string') return null;
  return { project, name, token };
}
