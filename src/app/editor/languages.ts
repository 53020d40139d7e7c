/** Grammars, each a chunk of its own that loads with the first file of the language, and which file gets which. */
import 'monaco-editor/languages/definitions/bat/register';
import 'monaco-editor/languages/definitions/clojure/register';
import 'monaco-editor/languages/definitions/cpp/register';
import 'monaco-editor/languages/definitions/csharp/register';
import 'monaco-editor/languages/definitions/css/register';
import 'monaco-editor/languages/definitions/dart/register';
import 'monaco-editor/languages/definitions/dockerfile/register';
import 'monaco-editor/languages/definitions/elixir/register';
import 'monaco-editor/languages/definitions/fsharp/register';
import 'monaco-editor/languages/definitions/go/register';
import 'monaco-editor/languages/definitions/graphql/register';
import 'monaco-editor/languages/definitions/handlebars/register';
import 'monaco-editor/languages/definitions/hcl/register';
import 'monaco-editor/languages/definitions/html/register';
import 'monaco-editor/languages/definitions/ini/register';
import 'monaco-editor/languages/definitions/java/register';
import 'monaco-editor/languages/definitions/javascript/register';
import 'monaco-editor/languages/definitions/julia/register';
import 'monaco-editor/languages/definitions/kotlin/register';
import 'monaco-editor/languages/definitions/less/register';
import 'monaco-editor/languages/definitions/liquid/register';
import 'monaco-editor/languages/definitions/lua/register';
import 'monaco-editor/languages/definitions/markdown/register';
import 'monaco-editor/languages/definitions/mdx/register';
import 'monaco-editor/languages/definitions/mysql/register';
import 'monaco-editor/languages/definitions/objective-c/register';
import 'monaco-editor/languages/definitions/pascal/register';
import 'monaco-editor/languages/definitions/perl/register';
import 'monaco-editor/languages/definitions/pgsql/register';
import 'monaco-editor/languages/definitions/php/register';
import 'monaco-editor/languages/definitions/powershell/register';
import 'monaco-editor/languages/definitions/protobuf/register';
import 'monaco-editor/languages/definitions/pug/register';
import 'monaco-editor/languages/definitions/python/register';
import 'monaco-editor/languages/definitions/r/register';
import 'monaco-editor/languages/definitions/restructuredtext/register';
import 'monaco-editor/languages/definitions/ruby/register';
import 'monaco-editor/languages/definitions/rust/register';
import 'monaco-editor/languages/definitions/scala/register';
import 'monaco-editor/languages/definitions/scheme/register';
import 'monaco-editor/languages/definitions/scss/register';
import 'monaco-editor/languages/definitions/shell/register';
import 'monaco-editor/languages/definitions/solidity/register';
import 'monaco-editor/languages/definitions/sql/register';
import 'monaco-editor/languages/definitions/swift/register';
import 'monaco-editor/languages/definitions/twig/register';
import 'monaco-editor/languages/definitions/typescript/register';
import 'monaco-editor/languages/definitions/vb/register';
import 'monaco-editor/languages/definitions/wgsl/register';
import 'monaco-editor/languages/definitions/xml/register';
import 'monaco-editor/languages/definitions/yaml/register';
import { languages } from 'monaco-editor/editor';

/** Names that the grammars do not claim themselves. */
const MORE_NAMES: Readonly<Record<string, string>> = {
  '.editorconfig': 'ini',
  '.env': 'ini',
  '.gitconfig': 'ini',
  '.npmrc': 'ini',
  '.bashrc': 'shell',
  '.profile': 'shell',
  '.zshrc': 'shell',
  '.prettierrc': 'json',
  '.swcrc': 'json',
  containerfile: 'dockerfile',
  gemfile: 'ruby',
  rakefile: 'ruby',
};

const MORE_EXTENSIONS: Readonly<Record<string, string>> = {
  '.astro': 'html',
  '.cfg': 'ini',
  '.conf': 'ini',
  '.fish': 'shell',
  '.ipynb': 'json',
  '.ksh': 'shell',
  '.svelte': 'html',
  '.svg': 'xml',
  '.toml': 'ini',
  '.vue': 'html',
  '.webmanifest': 'json',
  '.zsh': 'shell',
};

/** The language id for a file's name or path: by its full name, else by its longest known extension, else `plaintext`. */
export function languageForFile(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase();
  const known = languages.getLanguages();
  const byName = known.find(({ filenames }) => filenames?.some((filename) => filename.toLowerCase() === base));
  if (byName !== undefined) return byName.id;
  if (Object.hasOwn(MORE_NAMES, base)) return MORE_NAMES[base] ?? 'plaintext';
  for (let dot = base.indexOf('.'); dot !== -1; dot = base.indexOf('.', dot + 1)) {
    const extension = base.slice(dot);
    const byExtension = known.find(({ extensions }) => extensions?.some((each) => each.toLowerCase() === extension));
    if (byExtension !== undefined) return byExtension.id;
    if (Object.hasOwn(MORE_EXTENSIONS, extension)) return MORE_EXTENSIONS[extension] ?? 'plaintext';
  }
  return 'plaintext';
}
