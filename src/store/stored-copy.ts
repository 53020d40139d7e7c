import { deleteDB, openDB } from 'idb';
import { failure, success, type Outcome } from '../core/failures.ts';
import { storageProblem, withTimeout } from './device-health.ts';

/** How long the device may take; a database that another tab holds open cannot be deleted. */
const PATIENCE_MS = 4_000;

/**
 * The updates that y-indexeddb keeps of a document, without opening it for writing: nothing is stored, folded or
 * created. Empty where the device has nothing.
 */
export async function readStoredCopy(name: string): Promise<Outcome<readonly Uint8Array[]>> {
  let isNew = false;
  try {
    const opening = openDB(name, undefined, {
      upgrade(_database, _before, _after, transaction) {
        // There is no such database, and asking for it must not make one.
        isNew = true;
        transaction.abort();
        transaction.done.catch(() => undefined);
      },
    });
    const database = await withTimeout(opening, PATIENCE_MS);
    try {
      if (!database.objectStoreNames.contains('updates')) return success([]);
      const stored: unknown[] = await withTimeout(database.getAll('updates'), PATIENCE_MS);
      return success(stored.filter((update) => update instanceof Uint8Array));
    } finally {
      database.close();
    }
  } catch (error) {
    if (isNew) return success([]);
    return failure('rejected', `This device cannot be read: ${storageProblem(error)}.`);
  }
}

/** Deletes what this device keeps of a document. Fails while another tab holds it open; it goes when that ends. */
export async function dropStoredCopy(name: string): Promise<Outcome<void>> {
  try {
    await withTimeout(deleteDB(name), PATIENCE_MS);
    return success(undefined);
  } catch (error) {
    return failure('rejected', `This device does not let go of the file: ${storageProblem(error)}.`);
  }
}
