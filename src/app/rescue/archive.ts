import { zipSync, type Zippable } from 'fflate';
import { withLineEnding } from '../../core/text.ts';
import type { RescuedFile } from '../session/rescue-api.ts';

/** Files of one project in the archive. */
export interface ArchivePart {
  /** The folder they go into; empty for the top. */
  readonly folder: string;
  readonly files: readonly Pick<RescuedFile, 'path' | 'mine' | 'lineEnding'>[];
}

/** A zip archive of files, each with its own line ending. */
export function packFiles(parts: readonly ArchivePart[]): Blob {
  const contents: Zippable = {};
  const encoder = new TextEncoder();
  for (const { folder, files } of parts) {
    for (const { path, mine, lineEnding } of files) {
      contents[folder === '' ? path : `${folder}/${path}`] = encoder.encode(withLineEnding(mine, lineEnding));
    }
  }
  return new Blob([new Uint8Array(zipSync(contents))], { type: 'application/zip' });
}

/** A project's name as the name of a folder or file: what some system forbids becomes a dash. Never empty. */
export function folderName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is replaced
  const clean = name.replace(/[/\\:*?"<>|\u0000-\u001f\u007f]+/g, '-').replace(/^[\s.]+|[\s.]+$/g, '');
  return clean === '' ? 'project' : clean;
}

/** Hands an archive to the browser's downloads. */
export function downloadArchive(name: string, archive: Blob): void {
  const url = URL.createObjectURL(archive);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // A revoked address would break a download that has not begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
