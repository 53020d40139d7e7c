import { hostname, networkInterfaces } from 'node:os';

/** What browsers of other origins may send and read. */
const HEADERS = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': [
    'Accept, Origin, Cookie, Set-Cookie, Content-Type, Content-Range',
    'X-Appwrite-Project, X-Appwrite-Key, X-Appwrite-Dev-Key, X-Appwrite-Locale, X-Appwrite-Mode, X-Appwrite-JWT',
    'X-Appwrite-Organization, X-Appwrite-Response-Format, X-Appwrite-Timeout, X-Appwrite-ID, X-Appwrite-Timestamp',
    'X-Appwrite-Session, X-Appwrite-Platform, X-Appwrite-Impersonate-User-Id, X-Appwrite-Impersonate-User-Email',
    'X-Appwrite-Impersonate-User-Phone, X-SDK-Version, X-SDK-Name, X-SDK-Language, X-SDK-Platform, X-SDK-GraphQL',
    'X-SDK-Profile, Range, Cache-Control, Expires, Pragma, X-Fallback-Cookies, X-Requested-With, X-Forwarded-For',
    'X-Forwarded-User-Agent',
  ].join(', '),
  'access-control-expose-headers': 'X-Appwrite-Session, X-Fallback-Cookies',
  'access-control-max-age': '86400',
  'access-control-allow-credentials': 'true',
};

/** The headers for a request with an origin; only an allowed one is echoed. */
export function corsHeaders(origin: string | undefined, allowed: boolean): Record<string, string> {
  if (origin === undefined) return {};
  return allowed ? { ...HEADERS, 'access-control-allow-origin': origin } : HEADERS;
}

/** The host name of an origin; empty for `null` and for what is no URL. */
export function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname.replace(/^\[|\]$/g, '') : '';
}

/** How long the names of this machine are taken for granted: a laptop changes its network. */
const NAMES_MS = 5_000;

/**
 * A check for host names: this machine, and the hosts or origins that are named. `*.example.com` stands for subdomains.
 * A server that listens on more than a loopback address is known to browsers elsewhere by the addresses and the name of
 * the machine. Any other name must be given: by resolving to this machine alone, a page of somebody else would be in.
 */
export function hostCheck(platforms: readonly string[], listening = 'localhost'): (host: string) => boolean {
  const given = [...platforms, listening].map((platform) => hostOf(platform) || platform.toLowerCase());
  const names = ['localhost', '127.0.0.1', '::1', ...given];
  let own: { until: number; names: ReadonlySet<string> } | undefined;
  const isOwn = (host: string): boolean => {
    if (own === undefined || own.until < Date.now()) own = { until: Date.now() + NAMES_MS, names: machineNames() };
    return own.names.has(host);
  };
  return (host) =>
    names.some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : name === host)) ||
    (host !== '' && !isLoopback(listening) && isOwn(host));
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function machineNames(): ReadonlySet<string> {
  const name = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return new Set([name, `${name}.local`, ...addresses.map(({ address }) => address)]);
}
