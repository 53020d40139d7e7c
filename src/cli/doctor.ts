/** `npm run doctor`: what each document costs in storage, and whether everything that is stored is sound. */
import type { KeyAccess } from '../backend/compaction-store.ts';
import { examineAll } from './doctor/examine.ts';
import { openFolder, openServer } from './doctor/patient.ts';
import { isSound, reportLines } from './doctor/report.ts';

export interface DoctorOptions {
  /** Top folder of Cowrite: holds appwrite.json. */
  readonly root: string;
  /** A data folder, or a server by API key. */
  readonly patient: { readonly data: string } | KeyAccess;
  /** Put right what can be; else nothing is changed. */
  readonly repair: boolean;
  /** One object in one line instead of a text. */
  readonly json: boolean;
  /** Epoch milliseconds; default now. */
  readonly now?: number;
  readonly say: (line: string) => void;
}

/**
 * Resolves to whether everything is sound, after the repair if one is asked for. Throws a Problem with the sentence for
 * what kept it from looking.
 */
export async function doctor({ root, patient, repair, json, now, say }: DoctorOptions): Promise<boolean> {
  const opened = 'data' in patient ? await openFolder(patient.data, root, repair) : openServer(patient);
  try {
    const health = await examineAll(opened.store, repair, now ?? Date.now());
    const sound = isSound(health);
    for (const line of json ? [JSON.stringify({ sound, ...health })] : reportLines(health)) say(line);
    return sound;
  } finally {
    await opened.close();
  }
}
