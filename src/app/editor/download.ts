import { withLineEnding, type LineEnding } from '../../core/text.ts';

/** Hands a file to the browser's downloads, with the line ending that it is meant to have. */
export function downloadText(name: string, text: string, ending: LineEnding): void {
  const url = URL.createObjectURL(new Blob([withLineEnding(text, ending)], { type: 'text/plain;charset=utf-8' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser has taken the blob over by then; a revoked address would break a download that has not begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
