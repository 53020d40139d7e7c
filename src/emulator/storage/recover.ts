import type { Context } from '../context.ts';
import { isComplete } from './model.ts';
import type { FileDoc } from './model.ts';
import type { ContentFacts } from './blobs.ts';

/**
 * At the start: completes uploads whose chunks are all there, and forgets files of which nothing was stored, so that
 * their ids are free again. Uploads in between wait for their remaining chunks.
 */
export async function recoverUploads(context: Context): Promise<void> {
  for (const file of context.files.all()) {
    if (isComplete(file) || (file.chunks.length > 0 && file.chunks.length < file.chunksTotal)) continue;
    const facts = file.chunks.length === 0 ? undefined : await factsOf(context, file);
    await context.writer.write(() => {
      if (facts) context.files.update({ ...file, ...facts });
      else context.files.delete(file.$id);
    });
  }
}

/** Undefined if the content is missing or not what was announced. */
async function factsOf({ blobs }: Context, file: FileDoc): Promise<ContentFacts | undefined> {
  try {
    const { size, ...facts } = await blobs.describe(file.blob);
    return size === file.size ? facts : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
