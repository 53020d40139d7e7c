import { Replica, type Commands, type Connection } from './replica.ts';

/** What every replica is opened with, besides what its product needs. */
export interface Seat {
  /** What its user types. */
  readonly letter: string;
}

/** `open` answers with the number of a new replica; every other command is for one. */
export type Request =
  | { readonly command: 'open'; readonly options: Seat }
  | { readonly command: keyof Commands; readonly replica: number; readonly argument: unknown };

/** Runs replicas of one product in this page or process. */
export class Host {
  private readonly connect: (options: never) => Promise<Connection>;
  private readonly replicas: Replica[] = [];

  /** @param connect resolves when the document is in sync with the server */
  constructor(connect: (options: never) => Promise<Connection>) {
    this.connect = connect;
  }

  async run(request: Request): Promise<unknown> {
    if (request.command === 'open') {
      const connection = await this.connect(request.options as never);
      return this.replicas.push(new Replica(connection, request.options.letter)) - 1;
    }
    const replica = this.replicas[request.replica];
    if (replica === undefined) throw new Error(`there is no replica ${request.replica}`);
    const method = replica[request.command].bind(replica) as (argument: unknown) => Promise<unknown>;
    return method(request.argument);
  }
}
