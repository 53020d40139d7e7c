import { failure, success, type FailureKind, type Outcome } from '../core/failures.ts';
import type { LinkState, Member, NewLink, ShareLink } from '../core/members.ts';
import { shownName } from '../core/names.ts';
import { isRole, type Role } from '../core/roles.ts';
import { request } from './failures.ts';

const SHARE_FUNCTION = 'share';

/** The part of the SDKs' `Functions` that is used. */
export interface FunctionsService {
  createExecution(params: {
    functionId: string;
    body: string;
    async: boolean;
    headers: object;
  }): Promise<{ status: string; responseStatusCode: number; responseBody: string }>;
}

/**
 * Members and links, through the Function `share`: Appwrite lets no client add a member without an e-mail, and shows none
 * who the members are. What each call is for and who may make it: functions/share/request.ts.
 */
export class AppwriteSharing {
  private readonly functions: FunctionsService;

  constructor(functions: FunctionsService) {
    this.functions = functions;
  }

  /** The caller's role in a project; `forbidden` if it is no member. */
  async role(project: string): Promise<Outcome<Role>> {
    return this.callFor({ action: 'membership', project }, ({ role }) => (isRole(role) ? role : null));
  }

  /** Makes the caller a member by a token; a member keeps its role. */
  async join(token: string): Promise<Outcome<{ project: string; role: Role }>> {
    return this.callFor({ action: 'join', token }, ({ project, role }) =>
      typeof project === 'string' && isRole(role) ? { project, role } : null,
    );
  }

  /** Who is in the project, and the caller's own role. */
  async members(project: string): Promise<Outcome<{ role: Role; members: readonly Member[] }>> {
    return this.callFor({ action: 'members', project }, ({ role, members }) =>
      isRole(role) && Array.isArray(members) ? { role, members: members.map(readMember).filter(isThere) } : null,
    );
  }

  async changeRole(project: string, member: string, role: Role): Promise<Outcome<void>> {
    return this.callFor({ action: 'changeRole', project, member, role }, nothing);
  }

  async removeMember(project: string, member: string): Promise<Outcome<void>> {
    return this.callFor({ action: 'removeMember', project, member }, nothing);
  }

  async leave(project: string): Promise<Outcome<void>> {
    return this.callFor({ action: 'leave', project }, nothing);
  }

  /** Makes another member the owner; resolves to the role that the caller has from then on. */
  async handOver(project: string, member: string): Promise<Outcome<Role>> {
    return this.callFor({ action: 'handOver', project, member }, ({ role }) => (isRole(role) ? role : null));
  }

  /** A token that makes whoever brings it a member. It is shown once and cannot be read again. */
  async createLink(project: string, link: NewLink): Promise<Outcome<{ id: string; token: string }>> {
    return this.callFor({ action: 'createLink', project, ...link }, ({ id, token }) =>
      typeof id === 'string' && typeof token === 'string' ? { id, token } : null,
    );
  }

  /** The links of a project, the newest first. */
  async links(project: string): Promise<Outcome<readonly ShareLink[]>> {
    return this.callFor({ action: 'links', project }, ({ links }) =>
      Array.isArray(links) ? links.map(readLink).filter(isThere) : null,
    );
  }

  async revokeLink(project: string, link: string): Promise<Outcome<void>> {
    return this.callFor({ action: 'revokeLink', project, link }, nothing);
  }

  /** @param read turns the answer into the value; `null` if it is none that Cowrite understands */
  private async callFor<T>(
    body: Record<string, unknown>,
    read: (answer: Record<string, unknown>) => T | null,
  ): Promise<Outcome<T>> {
    const answer = await this.call(body);
    if (!answer.ok) return answer;
    const value = read(answer.value);
    return value === null
      ? failure('server', 'The share function gave an answer that Cowrite does not understand.')
      : success(value);
  }

  private async call(body: Record<string, unknown>): Promise<Outcome<Record<string, unknown>>> {
    const headers = { 'content-type': 'application/json' };
    const execution = await request(() =>
      this.functions.createExecution({
        functionId: SHARE_FUNCTION,
        body: JSON.stringify(body),
        async: false,
        headers,
      }),
    );
    if (!execution.ok) return execution;
    const { responseStatusCode: status, responseBody } = execution.value;
    const answer = parseObject(responseBody);
    if (answer === null) return failure('server', 'The share function has failed.');
    if (status < 400) return success(answer);
    const error = asObject(answer['error']);
    return failure(kindOf(status), typeof error['message'] === 'string' ? error['message'] : 'That did not work.');
  }
}

function kindOf(status: number): FailureKind {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'server' : 'rejected';
}

function nothing(): void {
  return undefined;
}

function isThere<T>(value: T | null): value is T {
  return value !== null;
}

function readMember(value: unknown): Member | null {
  const { id, name, role, isPending, email, since } = asObject(value);
  if (typeof id !== 'string') return null;
  return {
    id,
    name: shownName(textOf(name)),
    role: isRole(role) ? role : null,
    isPending: isPending === true,
    email: textOf(email),
    since: textOf(since),
  };
}

function readLink(value: unknown): ShareLink | null {
  const link = asObject(value);
  const { id, role, state } = link;
  if (typeof id !== 'string' || !isRole(role) || role === 'owner' || !isLinkState(state)) return null;
  return {
    id,
    role,
    state,
    isPublic: link['isPublic'] === true,
    createdBy: textOf(link['createdBy']),
    createdByName: shownName(textOf(link['createdByName'])),
    createdAt: textOf(link['createdAt']),
    expiresAt: typeof link['expiresAt'] === 'string' ? link['expiresAt'] : null,
    uses: typeof link['uses'] === 'number' ? link['uses'] : 0,
    maxUses: typeof link['maxUses'] === 'number' ? link['maxUses'] : null,
  };
}

function isLinkState(value: unknown): value is LinkState {
  return value === 'active' || value === 'expired' || value === 'used-up' || value === 'dead';
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseObject(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
