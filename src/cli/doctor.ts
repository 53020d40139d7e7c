/** `npm run doctor`: what each document costs in storage, and whether everything that is stored is sound. */
import type { KeyAccess } from '../backend/compaction-store.ts';
import { examineAll } from './doctor/examine.ts';
import { openFolder, openServer } from './doctor/patient.ts';
import { showProgress, type ProgressStream } from './doctor/progress.ts';
import { isSound, reportLines, waitingIn } from './doctor/report.ts';

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
  /** Where it is shown how far it is; default nowhere. */
  readonly progress?: ProgressStream;
}

/**
 * Resolves to whether nothing is wrong, after the repair if one is asked for; rows that wait for others are not wrong.
 * Throws a Problem with the sentence for what kept it from looking.
 */
export async function doctor({ root, patient, repair, json, now, say, ...shown }: DoctorOptions): Promise<boolean> {
  const progress = showProgress(shown.progress ?? { write: () => true }, () => Date.now());
  const tell = (doing: string): void => progress.tell(doing);
  try {
    const opened = 'data' in patient ? await openFolder(patient.data, root, repair, tell) : openServer(patient);
    try {
      const health = await examineAll(opened.store, { repair, now: now ?? Date.now(), progress: tell });
      const sound = isSound(health);
      progress.end();
      const lines = json ? [JSON.stringify({ sound, waiting: waitingIn(health), ...health })] : reportLines(health);
      for (const line of lines) say(line);
      return sound;
    } finally {
      await opened.close();
    }
  } finally {
    progress.end();
  }
}
