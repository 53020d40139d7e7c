/** Text of people as Markdown that shows exactly that text: no link, no image, no formatting. */
export function asMarkdown(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, (sign) => `\\${sign}`)
    .replace(/^[ \t]+/gm, '')
    .replace(/\n+/g, '  \n');
}
