/** Why a request was refused; `kind` is for programs, the message is one sentence for a person. */
export type RefusalKind =
  | 'malformed'
  | 'unauthenticated'
  | 'not-a-member'
  | 'not-allowed'
  | 'link-unknown'
  | 'link-expired'
  | 'link-used-up'
  | 'link-revoked'
  | 'too-many-links'
  | 'too-many-tries'
  | 'member-unknown'
  | 'not-a-member-yet'
  | 'already-owner'
  | 'last-owner'
  | 'project-deleted';

/** An expected outcome that is not a success. Thrown, since every rule may end in it; `main.ts` turns it into an answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly kind: RefusalKind;

  constructor(status: number, kind: RefusalKind, message: string) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

export function refuse(status: number, kind: RefusalKind, message: string): never {
  throw new Refusal(status, kind, message);
}
