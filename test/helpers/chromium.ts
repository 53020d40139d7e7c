/** Debian's Chromium, which `npm test` installs where it is missing. */
export const CHROMIUM = '/usr/bin/chromium';

/** Flags for a Chromium in a container: no sandbox as root, and no background requests to the outside. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
