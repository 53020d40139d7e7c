import { AppwriteException, Client, Functions, Storage, TablesDB } from 'node-appwrite';
import { Problem } from '../problem.ts';

export interface Access {
  readonly endpoint: string;
  readonly project: string;
  readonly key: string;
}

/** The services of an Appwrite project that the set-up uses. */
export interface Services {
  readonly tables: TablesDB;
  readonly storage: Storage;
  readonly functions: Functions;
}

const SCOPES =
  'databases, tables, columns, indexes, rows, buckets and functions (each read and write; ' +
  'older versions call tables, columns and rows collections, attributes and documents)';

export function connect({ endpoint, project, key }: Access): Services {
  const client = new Client().setEndpoint(endpoint).setProject(project).setKey(key);
  return { tables: new TablesDB(client), storage: new Storage(client), functions: new Functions(client) };
}

/** `null` if the thing does not exist. */
export async function orNull<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof AppwriteException && error.code === 404 && error.type !== 'project_not_found') {
      if (error.type.endsWith('_not_found')) return null;
    }
    throw error;
  }
}

/** The sentence for what went wrong with a request; errors that are no answers of Appwrite come back as they are. */
export function explainRequest(error: unknown, { endpoint, project }: Access): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError && /fetch/i.test(error.message)) return unreachable(endpoint, error);
  if (!(error instanceof AppwriteException)) return error;
  if (error.type === 'project_not_found') {
    return new Problem(`There is no project "${project}" at ${endpoint}. Look up its id in the Appwrite console.`);
  }
  if (error.code === 401 || error.code === 403) {
    return new Problem(
      `Appwrite refused the key: ${error.message}\nCreate an API key in the console of project "${project}" ` +
        `with the scopes for ${SCOPES}.`,
    );
  }
  if (error.type === '' || error.code === 0) return unreachable(endpoint, error);
  return new Problem(`Appwrite answered ${error.code} ${error.type}: ${error.message}`);
}

export function notAppwrite(endpoint: string): Problem {
  return new Problem(
    `${endpoint} does not answer like Appwrite. The endpoint usually ends in /v1, such as https://fra.cloud.appwrite.io/v1.`,
  );
}

function unreachable(endpoint: string, error: Error): Problem {
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  const reason = cause === '' ? 'no answer' : cause.slice(0, 200);
  return new Problem(
    `Appwrite cannot be reached at ${endpoint}: ${reason}\nCheck the URL (it usually ends in /v1) and the network.`,
  );
}
