import { createWebBackend } from '../../../src/backend/web.ts';
import { IndexedDbDevice } from '../../../src/store/indexeddb-device.ts';
import { BroadcastTabs } from '../../../src/store/tab-channel.ts';
import { openProject, type CowriteConnection, type Member } from './connection.ts';

export interface PageMember extends Member {
  readonly email: string;
  readonly password: string;
}

/** Signs the member in and opens the file in this page, on IndexedDB. */
export async function openInPage(member: PageMember): Promise<CowriteConnection> {
  const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
  const backend = createWebBackend(`${location.origin}/v1`, 'cowrite', randomBytes);
  const signedIn = await backend.account.signIn(member.email, member.password);
  if (!signedIn.ok) throw new Error(signedIn.message);
  const device = new IndexedDbDevice(member.author, member.author);
  return openProject(member, backend, device, new BroadcastTabs(member.author, member.project));
}
