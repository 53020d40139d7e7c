/** Policies of Lit, of Monaco and of src/app/trusted-types.ts; `dompurify` is what Monaco cleans Markdown with. */
const TRUSTED_TYPES = [
  'default',
  'lit-html',
  'dompurify',
  'defaultWorkerFactory',
  'diffEditorWidget',
  'diffReview',
  'domLineBreaksComputer',
  'editorGhostText',
  'editorViewLayer',
  'richScreenReaderContent',
  'standaloneColorizer',
  'stickyScrollViewLayer',
  'tokenizeToString',
];

/** What the app has no use for. */
const FEATURES = [
  'bluetooth',
  'camera',
  'display-capture',
  'geolocation',
  'hid',
  'microphone',
  'payment',
  'serial',
  'usb',
];

/**
 * What browsers are told about the pages of the app. Scripts come from this server alone, never from a text in a page,
 * and text becomes HTML by the named policies only (Trusted Types); styles may stand in the page, since the editor makes
 * them while it runs.
 */
export function appHeaders(config: Record<string, unknown>): Record<string, string> {
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self' data:",
    // Icons of the components are data: addresses that they fetch.
    'connect-src': ["'self'", 'data:', ...origins(config['endpoint'])].join(' '),
    'worker-src': "'self'",
    'manifest-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': TRUSTED_TYPES.join(' '),
  };
  return {
    'content-security-policy': Object.entries(policy)
      .map((rule) => rule.join(' '))
      .join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': FEATURES.map((feature) => `${feature}=()`).join(', '),
  };
}

/** Another server that the app is told to use, for requests and for its socket. */
function origins(endpoint: unknown): string[] {
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [];
  const { origin } = new URL(endpoint);
  return [origin, origin.replace(/^http/, 'ws')];
}
