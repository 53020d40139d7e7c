import { randomBytes } from 'node:crypto';
import { connectByKey, type KeyServices } from '../../src/backend/compaction-store.ts';
import { AppwriteSweepStore } from '../../src/backend/sweep-store.ts';
import { randomId } from '../../src/core/ids.ts';
import type { AppwriteServer } from './emulator.ts';

/**
 * The tables and files of compaction on a test server, whose databases and buckets may have other ids.
 *
 * @param rest waited for before each request
 */
export function compactionStore(
  server: AppwriteServer,
  change: (services: KeyServices) => KeyServices = (services) => services,
  rest?: () => Promise<void>,
): AppwriteSweepStore {
  const { endpoint, projectId: project, apiKey: key } = server;
  const { tables, storage, teams } = connectByKey({ endpoint, project, key }, rest);
  const here = { tables: renamed(server, tables), storage: renamed(server, storage), teams };
  return new AppwriteSweepStore(change(here), () => randomId((count) => randomBytes(count)));
}

/** A service whose methods are given the ids that this server has for `databaseId` and `bucketId`. */
function renamed<T extends object>(server: AppwriteServer, service: T): T {
  return new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (params: unknown, ...rest: unknown[]): unknown =>
        Reflect.apply(member, target, [translate(server, params), ...rest]);
    },
  });
}

function translate(server: AppwriteServer, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => translate(server, each));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isName = (name === 'databaseId' || name === 'bucketId') && typeof each === 'string';
      return [name, isName ? server.id(each) : name === 'operations' ? translate(server, each) : each];
    }),
  );
}

/** Services whose calls are told to `note` before they are made. */
export function watched(services: KeyServices, note: (method: string, params: unknown) => void): KeyServices {
  const watch = <T extends object>(service: T): T =>
    new Proxy(service, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (params: unknown): unknown => {
          note(String(name), params);
          return Reflect.apply(member, target, [params]);
        };
      },
    });
  return { tables: watch(services.tables), storage: watch(services.storage), teams: watch(services.teams) };
}

/** Services in which calls of one method of one of them are taken over. */
export function withCall(
  services: KeyServices,
  service: keyof KeyServices,
  method: string,
  replacement: (call: () => Promise<unknown>, params: unknown) => Promise<unknown>,
): KeyServices {
  const changed = new Proxy(services[service], {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== method || typeof member !== 'function') return member;
      return (params: unknown): unknown =>
        replacement(() => Reflect.apply(member, target, [params]) as Promise<unknown>, params);
    },
  });
  return { ...services, [service]: changed };
}
