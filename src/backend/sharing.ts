import { failure, success, type FailureKind, type Outcome } from '../core/failures.ts';
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

/** Links and memberships, through the Function `share`: Appwrite lets no client add a member without an e-mail. */
export class AppwriteSharing {
  private readonly functions: FunctionsService;

  constructor(functions: FunctionsService) {
    this.functions = functions;
  }

  /** A token that makes whoever brings it a member with this role. It is shown once and cannot be read again. */
  async createLink(project: string, role: Role): Promise<Outcome<string>> {
    const answer = await this.call({ action: 'createLink', project, role });
    if (!answer.ok) return answer;
    const token = answer.value['token'];
    return typeof token === 'string' ? success(token) : unreadable();
  }

  /** Makes the caller a member by a token; a member keeps its role. */
  async join(token: string): Promise<Outcome<{ project: string; role: Role }>> {
    const answer = await this.call({ action: 'join', token });
    if (!answer.ok) return answer;
    const { project, role } = answer.value;
    return typeof project === 'string' && isRole(role) ? success({ project, role }) : unreadable();
  }

  /** The caller's role in a project; `forbidden` if it is no member. */
  async role(project: string): Promise<Outcome<Role>> {
    const answer = await this.call({ action: 'membership', project });
    if (!answer.ok) return answer;
    const { role } = answer.value;
    return isRole(role) ? success(role) : unreadable();
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
    const error = parseObject(JSON.stringify(answer['error'])) ?? {};
    return failure(kindOf(status), typeof error['message'] === 'string' ? error['message'] : 'That did not work.');
  }
}

function kindOf(status: number): FailureKind {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not-found';
  return status >= 500 ? 'server' : 'rejected';
}

function unreadable(): Outcome<never> {
  return failure('server', 'The share function gave an answer that Cowrite does not understand.');
}

function parseObject(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
