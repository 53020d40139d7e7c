import type { ProjectFile } from './config.ts';
import type { Existing, ExistingFunction } from './existing.ts';
import { notAppwrite, orNull, type Services } from './services.ts';

/** Reads what the project has of the things that the file names. */
export async function readExisting(services: Services, config: ProjectFile, endpoint: string): Promise<Existing> {
  const { tables, storage, functions } = services;
  const databases = await found(config.tablesDB, ({ $id }) => tables.get({ databaseId: $id }));
  if (databases.some((database) => typeof database.$id !== 'string')) throw notAppwrite(endpoint);
  return {
    databases,
    tables: await found(config.tables, ({ databaseId, $id }) => tables.getTable({ databaseId, tableId: $id })),
    buckets: await found(config.buckets, ({ $id }) => storage.getBucket({ bucketId: $id })),
    functions: (await found(config.functions, ({ $id }) => functions.get({ functionId: $id }))).map(
      (fn): ExistingFunction => ({
        ...fn,
        vars: Object.fromEntries(fn.vars.map(({ key, value }) => [key, value])),
      }),
    ),
  };
}

async function found<Wanted, Found>(wanted: readonly Wanted[], get: (one: Wanted) => Promise<Found>): Promise<Found[]> {
  const results: Found[] = [];
  for (const one of wanted) {
    const result = await orNull(get(one));
    if (result !== null) results.push(result);
  }
  return results;
}
