import type { ProjectSession } from '../session/api.ts';
import { downloadArchive as downloadBlob, folderName, packFiles } from '../rescue/archive.ts';
import { ready } from './ready.ts';

export type ExportKind = 'zip' | 'markdown' | 'html' | 'git';

/**
 * Makes a file of the project and hands it to the browser's downloads. Rejects with a sentence if it cannot be made.
 *
 * @param time as of when; default of the callers: now
 * @param since where the period of a report begins
 * @param label stands in the name of the file
 */
export async function exportProject(
  session: ProjectSession,
  kind: ExportKind,
  time: number,
  since: number,
  label?: string,
): Promise<void> {
  const whole = session.history.whole();
  try {
    await ready(whole.state);
    const name = folderName([session.name.value, label].filter((part) => part !== undefined).join(' – '));
    switch (kind) {
      case 'zip': {
        const files = await whole.ask('filesAt', time);
        const packed = files.map(({ path, text, lineEnding }) => ({ path, mine: text, lineEnding }));
        downloadBlob(`${name}.zip`, packFiles([{ folder: name, files: packed }]));
        return;
      }
      case 'markdown':
      case 'html': {
        const title = session.name.value;
        const text = await whole.ask('report', {
          title,
          from: since,
          to: time,
          format: kind,
          people: session.people.value,
        });
        const type = kind === 'html' ? 'text/html' : 'text/markdown';
        downloadBlob(`${name} – report.${kind === 'html' ? 'html' : 'md'}`, new Blob([text], { type }));
        return;
      }
      case 'git': {
        const pieces = await whole.ask('git', session.people.value, session.history.versions.value);
        downloadBlob(`${name}.fi`, new Blob([...pieces], { type: 'application/octet-stream' }));
        return;
      }
    }
  } finally {
    whole.close();
  }
}
