import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

/** Where requests go and who makes them. */
export interface Access {
  /** With `/v1`. */
  readonly endpoint: string;
  readonly project: string;
  readonly key: string;
}

/** Sends requests over kept connections, with as little work as possible: the processor is for the server. */
export class Requests {
  readonly #access: Access;
  readonly #agent: PlainAgent | SecureAgent;
  readonly #send: typeof plainRequest;

  constructor(access: Access, connections: number) {
    const secure = access.endpoint.startsWith('https:');
    const options = { keepAlive: true, maxSockets: connections };
    this.#access = access;
    this.#agent = secure ? new SecureAgent(options) : new PlainAgent(options);
    this.#send = secure ? secureRequest : plainRequest;
  }

  /** The body of the answer; rejects unless it is a success. */
  send(method: string, path: string, body?: object): Promise<string> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      'x-appwrite-project': this.#access.project,
      'x-appwrite-key': this.#access.key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    };
    return new Promise((resolve, reject) => {
      const url = this.#access.endpoint + path;
      const outgoing = this.#send(url, { method, agent: this.#agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(parts).toString();
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(answer);
          else reject(new Error(`${method} ${path}: ${status} ${answer.slice(0, 300)}`));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
