import { failure, success, type Failure, type Outcome } from '../core/failures.ts';

/** How long an answer may take; larger requests get more. */
const PATIENCE_MS = 15_000;
const MINUTE_MS = 60_000;

/** Errors of the SDKs: `AppwriteException` has these fields in both. */
interface AppwriteError {
  readonly code: number;
  readonly type: string;
  readonly message: string;
}

/** Types with code 401 that mean «not signed in», rather than «not allowed». */
const NOT_SIGNED_IN = new Set(['general_unauthorized_scope', 'user_jwt_invalid', 'user_session_not_found']);

/**
 * Carries out a request of an SDK as a value: never throws for what a server or a network can do. A request that is
 * not answered in time counts as `offline`, although it may have been carried out.
 */
export async function request<T>(send: () => Promise<T>, patience: number = PATIENCE_MS): Promise<Outcome<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<Failure>((resolve) => {
    timer = setTimeout(() => resolve(failure('offline', 'The server does not answer.')), patience);
  });
  try {
    return await Promise.race([send().then(success), timeout]);
  } catch (error) {
    return toFailure(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What an error of an SDK means. */
export function toFailure(error: unknown): Failure {
  const { code, type, message } = asAppwriteError(error);
  switch (code) {
    case 0:
      return failure('offline', 'The server cannot be reached.');
    case 401:
      return failure(NOT_SIGNED_IN.has(type) ? 'unauthenticated' : 'forbidden', message);
    case 403:
      return failure('forbidden', message);
    case 404:
      return failure('not-found', message);
    case 408:
      return failure('server', message);
    case 409:
      return failure('conflict', message);
    case 413:
      return failure('too-large', message);
    case 429:
      // Appwrite's windows follow the clock, and the SDKs do not show its header with the reset.
      return failure('rate-limited', message, (Math.floor(Date.now() / MINUTE_MS) + 1) * MINUTE_MS);
    default:
      return code >= 500 ? failure('server', message) : failure('rejected', message);
  }
}

function asAppwriteError(error: unknown): AppwriteError {
  const message = error instanceof Error ? error.message : String(error);
  const { code, type } = (typeof error === 'object' && error !== null ? error : {}) as Partial<AppwriteError>;
  return {
    code: typeof code === 'number' ? code : 0,
    type: typeof type === 'string' ? type : '',
    message,
  };
}

/**
 * Tells a missing session from a missing right: a caller without session is a guest, to whom Appwrite says the same as
 * to a user without the right [P16]. Other outcomes are passed on.
 *
 * @param whoAmI asks for the account of the session; rejects as the SDKs do
 */
export async function tellApart<T>(outcome: Outcome<T>, whoAmI: () => Promise<unknown>): Promise<Outcome<T>> {
  if (outcome.ok || outcome.kind !== 'forbidden') return outcome;
  const account = await request(whoAmI);
  if (account.ok || account.kind !== 'unauthenticated') return outcome;
  return failure('unauthenticated', 'Your session has ended.');
}
