/** The version of Appwrite whose behaviour this server has. */
export const SERVER_VERSION = '1.9.6';

/** What clients made for a newer server are told, or undefined. */
export function versionWarning(responseFormat: string | undefined): string | undefined {
  if (responseFormat === undefined || !isNewer(responseFormat, SERVER_VERSION)) return undefined;
  return `The current SDK is built for Appwrite ${responseFormat}. However, the current Appwrite server version is ${SERVER_VERSION}. Please downgrade your SDK to match the Appwrite version: https://appwrite.io/docs/sdks`;
}

function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
