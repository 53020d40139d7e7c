/**
 * What browsers are told about the pages of the app. Scripts come from this server alone, never from a text in a page;
 * styles may stand in the page, since the editor makes them while it runs.
 */
export function appHeaders(config: Record<string, unknown>): Record<string, string> {
  const policy = {
    'default-src': "'self'",
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self' data:",
    'connect-src': ["'self'", 'data:', ...origins(config['endpoint'])].join(' '),
    'worker-src': "'self' blob:",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  };
  return {
    'content-security-policy': Object.entries(policy)
      .map((rule) => rule.join(' '))
      .join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}

/** Another server that the app is told to use, for requests and for its socket. */
function origins(endpoint: unknown): string[] {
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [];
  const { origin } = new URL(endpoint);
  return [origin, origin.replace(/^http/, 'ws')];
}
