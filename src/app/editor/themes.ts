import type { editor } from 'monaco-editor/editor';

type Theme = editor.IStandaloneThemeData;

/** Names of the themes that `defineThemes` defines. */
export type ThemeName = 'cowrite-light' | 'cowrite-dark';

/** Token colours on the editor's background have a contrast of at least 4.5 (WCAG AA). */
const light: Theme = {
  base: 'vs',
  inherit: true,
  rules: [
    { token: '', foreground: '1f2937' },
    { token: 'comment', foreground: '64707f', fontStyle: 'italic' },
    { token: 'keyword', foreground: '7c3aed' },
    { token: 'string', foreground: '0f766e' },
    { token: 'string.escape', foreground: 'b45309' },
    { token: 'regexp', foreground: 'b91c1c' },
    { token: 'number', foreground: 'b45309' },
    { token: 'type', foreground: '1d4ed8' },
    { token: 'annotation', foreground: '9d174d' },
    { token: 'tag', foreground: 'be123c' },
    { token: 'attribute.name', foreground: '9a3412' },
    { token: 'attribute.value', foreground: '0f766e' },
    { token: 'delimiter', foreground: '4b5563' },
    { token: 'metatag', foreground: '6d28d9' },
    { token: 'invalid', foreground: 'b91c1c' },
  ],
  colors: {
    'editor.background': '#ffffff',
    'editor.foreground': '#1f2937',
    'editorLineNumber.foreground': '#9aa3af',
    'editorLineNumber.activeForeground': '#374151',
    'editor.lineHighlightBackground': '#f5f7fa',
    'editor.lineHighlightBorder': '#00000000',
    'editor.selectionBackground': '#c7d7fe',
    'editor.inactiveSelectionBackground': '#e3eafd',
    'editorCursor.foreground': '#1d4ed8',
    'editorIndentGuide.background1': '#e8ebf0',
    'editorIndentGuide.activeBackground1': '#c4cad4',
    'editorWidget.background': '#ffffff',
    'editorWidget.border': '#d7dce3',
    'scrollbarSlider.background': '#9aa3af40',
    'scrollbarSlider.hoverBackground': '#9aa3af70',
    'scrollbarSlider.activeBackground': '#9aa3af90',
    'editorOverviewRuler.border': '#00000000',
  },
};

const dark: Theme = {
  base: 'vs-dark',
  inherit: true,
  rules: [
    { token: '', foreground: 'd8dee9' },
    { token: 'comment', foreground: '8590a2', fontStyle: 'italic' },
    { token: 'keyword', foreground: 'c4a7fb' },
    { token: 'string', foreground: '7fd6c2' },
    { token: 'string.escape', foreground: 'f3b562' },
    { token: 'regexp', foreground: 'f49a9a' },
    { token: 'number', foreground: 'f3b562' },
    { token: 'type', foreground: '8fb8ff' },
    { token: 'annotation', foreground: 'f2a0c8' },
    { token: 'tag', foreground: 'f793a5' },
    { token: 'attribute.name', foreground: 'f0b48c' },
    { token: 'attribute.value', foreground: '7fd6c2' },
    { token: 'delimiter', foreground: 'a3adbd' },
    { token: 'metatag', foreground: 'c4a7fb' },
    { token: 'invalid', foreground: 'f49a9a' },
  ],
  colors: {
    'editor.background': '#14171d',
    'editor.foreground': '#d8dee9',
    'editorLineNumber.foreground': '#566072',
    'editorLineNumber.activeForeground': '#b4bdcc',
    'editor.lineHighlightBackground': '#1b1f27',
    'editor.lineHighlightBorder': '#00000000',
    'editor.selectionBackground': '#31487a',
    'editor.inactiveSelectionBackground': '#273450',
    'editorCursor.foreground': '#8fb8ff',
    'editorIndentGuide.background1': '#262c37',
    'editorIndentGuide.activeBackground1': '#434d5f',
    'editorWidget.background': '#1a1e26',
    'editorWidget.border': '#313947',
    'scrollbarSlider.background': '#8590a230',
    'scrollbarSlider.hoverBackground': '#8590a255',
    'scrollbarSlider.activeBackground': '#8590a270',
    'editorOverviewRuler.border': '#00000000',
  },
};

export const themes: Readonly<Record<ThemeName, Theme>> = { 'cowrite-light': light, 'cowrite-dark': dark };
