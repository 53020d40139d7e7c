/** What Appwrite's Node runtime hands to a Function: the part of it that ours use. */

export interface FunctionRequest {
  readonly bodyText: string;
  readonly method: string;
  readonly path: string;
  /** Keys in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a Function has to return. */
export type FunctionAnswer = unknown;

export interface FunctionContext {
  readonly req: FunctionRequest;
  readonly res: { readonly json: (body: unknown, status?: number) => FunctionAnswer };
  readonly log: (message: string) => void;
  readonly error: (message: string) => void;
}
