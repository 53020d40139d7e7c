/** What the account shows about an address. Lists are short: enough for people, not for spam fighting. */
export interface EmailFacts {
  emailCanonical: string | null;
  emailIsFree: boolean | null;
  emailIsDisposable: boolean | null;
  emailIsCorporate: boolean | null;
  emailIsCanonical: boolean | null;
}

const FREE = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'yahoo.com',
  'icloud.com',
  'gmx.de',
  'gmx.net',
  'web.de',
  'proton.me',
  'protonmail.com',
  'aol.com',
]);
/** Domains that can never receive mail (RFC 2606), and well-known throw-away ones. */
const DISPOSABLE = new Set([
  'example.com',
  'example.net',
  'example.org',
  'mailinator.com',
  'yopmail.com',
  'guerrillamail.com',
  '10minutemail.com',
]);

export function isEmail(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 320 && /^[^\s@"(),:;<>[\]\\]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value);
}

export function emailFacts(email: string): EmailFacts {
  if (email === '') {
    return {
      emailCanonical: null,
      emailIsFree: null,
      emailIsDisposable: null,
      emailIsCorporate: null,
      emailIsCanonical: null,
    };
  }
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  const plain = local.replace(/\+.*$/, '');
  const canonical =
    domain === 'gmail.com' || domain === 'googlemail.com'
      ? `${plain.replaceAll('.', '')}@gmail.com`
      : `${plain}@${domain}`;
  const free = FREE.has(domain);
  const disposable = DISPOSABLE.has(domain);
  return {
    emailCanonical: canonical,
    emailIsFree: free,
    emailIsDisposable: disposable,
    emailIsCorporate: !free && !disposable,
    emailIsCanonical: canonical === email.toLowerCase(),
  };
}
