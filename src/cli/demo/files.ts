/** The files of the demo project, by path: a small program that makes sense, in a few languages. */
export const DEMO_FILES: readonly (readonly [path: string, content: string])[] = [
  [
    'README.md',
    `# Word count

Counts the words of some texts and shows the most frequent ones as bars.

- \`src/wordcount.ts\` – the counting, without any I/O
- \`src/main.ts\` – reads \`data.json\` and fills the page
- \`styles.css\` – how the bars look

## Try it together

1. Open this page in a second window, or send somebody the link from **Share**.
2. Type in the same file. Everybody sees every letter, and whose cursor is where.
3. Go offline and keep typing: your work is kept on this device and merges when you are back.

## Ideas

- [ ] Leave out short words such as "the" and "of"
- [ ] Count "word" and "words" as one
- [ ] Let the reader choose how many words are shown
`,
  ],
  [
    'src/main.ts',
    `import data from '../data.json';
import { countWords, mostFrequent } from './wordcount.ts';

const SHOWN = 10;

for (const { title, text } of data.texts) {
  const counts = countWords(text);
  document.body.append(heading(title), ...mostFrequent(counts, SHOWN).map(bar));
}

function heading(title: string): HTMLElement {
  const element = document.createElement('h2');
  element.textContent = title;
  return element;
}

function bar({ word, count }: { word: string; count: number }): HTMLElement {
  const element = document.createElement('div');
  element.className = 'bar';
  element.style.setProperty('--count', String(count));
  element.textContent = \`\${word} \${count}\`;
  return element;
}
`,
  ],
  [
    'src/wordcount.ts',
    `/** How often each word occurs; upper and lower case count as one. */
export function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/\\p{L}+(?:['’]\\p{L}+)*/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** The most frequent words first; words that occur equally often in the order of the alphabet. */
export function mostFrequent(counts: Map<string, number>, limit: number): { word: string; count: number }[] {
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || a.word.localeCompare(b.word))
    .slice(0, limit);
}
`,
  ],
  [
    'styles.css',
    `body {
  font-family: system-ui, sans-serif;
  margin: 2rem auto;
  max-width: 40rem;
}

.bar {
  background: #0f766e;
  border-radius: 0.25rem;
  color: white;
  margin-block: 0.25rem;
  min-width: max-content;
  padding: 0.25rem 0.5rem;
  width: calc(var(--count) * 3rem);
}
`,
  ],
  [
    'data.json',
    `{
  "texts": [
    {
      "title": "The river",
      "text": "The river was here before the town, and the town is here because of the river. Boats brought salt and took wood; the river brought news and took none. When the bridge was built, people crossed the river without looking at it."
    },
    {
      "title": "Two editors",
      "text": "Two people edit one text. One changes the first word, the other changes the last word, and both words stay. Nobody asks who was first, because nobody has to be."
    }
  ]
}
`,
  ],
];
