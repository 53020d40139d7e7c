import { afterEach, describe, expect, it } from 'vitest';
import { languageForFile } from '../../../src/app/editor/monaco.ts';
import { themes } from '../../../src/app/editor/themes.ts';
import { closeAll, makeEditor, makeModel, monaco } from './support.ts';

afterEach(closeAll);

describe('languages', () => {
  it.each([
    ['main.ts', 'typescript'],
    ['app.jsx', 'javascript'],
    ['src/deep/main.py', 'python'],
    ['lib.RS', 'rust'],
    ['main.go', 'go'],
    ['Main.java', 'java'],
    ['a.c', 'c'],
    ['a.hpp', 'cpp'],
    ['Program.cs', 'csharp'],
    ['index.html', 'html'],
    ['a.css', 'css'],
    ['a.scss', 'scss'],
    ['package.json', 'json'],
    ['README.md', 'markdown'],
    ['ci.yaml', 'yaml'],
    ['pom.xml', 'xml'],
    ['q.sql', 'sql'],
    ['run.sh', 'shell'],
    ['a.php', 'php'],
    ['a.rb', 'ruby'],
    ['a.kt', 'kotlin'],
    ['a.swift', 'swift'],
    ['a.lua', 'lua'],
    ['docker/Dockerfile', 'dockerfile'],
    ['Cargo.toml', 'ini'],
    ['schema.graphql', 'graphql'],
    ['types.d.ts', 'typescript'],
    ['.env', 'ini'],
    ['constructor', 'plaintext'],
    ['notes', 'plaintext'],
    ['a.unknown', 'plaintext'],
    ['', 'plaintext'],
  ])('%s is %s', (name, language) => {
    expect(languageForFile(name)).toBe(language);
  });

  it('colours source text', async () => {
    const model = makeModel('const answer = 42;', 'typescript');
    const editor = makeEditor(model);
    const classes = (): number =>
      new Set([...editor.getContainerDomNode().querySelectorAll('.view-line span span')].map((span) => span.className))
        .size;
    await expect.poll(classes, { timeout: 5000 }).toBeGreaterThan(2);
  });

  it('the editor worker runs', async () => {
    const model = makeModel('alphabet\nalp', 'plaintext');
    const editor = makeEditor(model);
    editor.updateOptions({ wordBasedSuggestions: 'currentDocument' });
    editor.focus();
    editor.setPosition({ lineNumber: 2, column: 4 });
    const suggestions = (): string => {
      editor.trigger('test', 'editor.action.triggerSuggest', {});
      return document.querySelector('.suggest-widget')?.textContent ?? '';
    };
    await expect.poll(suggestions, { timeout: 10_000, interval: 500 }).toContain('alphabet');
  });
});

describe('themes', () => {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  it.each(Object.entries(themes))(
    '%s: every token colour has a contrast of at least 4.5',
    (name, { rules, colors }) => {
      const background = luminance((colors['editor.background'] ?? '').slice(1));
      for (const { foreground = '', token } of rules) {
        const text = luminance(foreground);
        const contrast = (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05);
        expect(contrast, `${name} ${token}`).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it('can be used', async () => {
    const editor = makeEditor(makeModel('text'));
    monaco.editor.setTheme('cowrite-dark');
    const background = (): string => {
      const element = editor.getContainerDomNode().querySelector('.monaco-editor-background');
      return element === null ? '' : getComputedStyle(element).backgroundColor;
    };
    await expect.poll(background).toBe('rgb(20, 23, 29)');
    monaco.editor.setTheme('cowrite-light');
    await expect.poll(background).toBe('rgb(255, 255, 255)');
  });
});
