/** Reads what a TypeScript source imports and which globals it uses, from its syntax tree (comments cannot fool it). */
import { parseSync } from 'vite';

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** All module names that a source imports, re-exports, refers to as a type or starts as a worker. */
export function importsOf(path: string, source: string): string[] {
  const found: string[] = [];
  walk(parse(path, source), (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
      case 'ImportExpression':
      case 'TSImportType':
        pushText(found, node['source']);
        return;
      case 'NewExpression': {
        const [url, base] = nodesOf(node['arguments']);
        if (nameOf(node['callee']) === 'URL' && base?.type === 'MemberExpression') pushText(found, url);
        return;
      }
      default:
    }
  });
  return found;
}

/** Uses of the world outside: `names` as free identifiers, and the clock and chance of the language itself. */
export function impuritiesOf(path: string, source: string, names: ReadonlySet<string>): string[] {
  const program = parse(path, source);
  const declared = declaredNames(program);
  const found: string[] = [];
  walk(program, (node, parent, field) => {
    if (node.type === 'Identifier' && names.has(String(node['name'])) && !declared.has(String(node['name']))) {
      const isProperty = field === 'property' && parent?.['computed'] !== true;
      const isKey = field === 'key' && parent?.['computed'] !== true;
      if (!isProperty && !isKey && !parent?.type.startsWith('TS')) found.push(String(node['name']));
    }
    if (node.type === 'MemberExpression') {
      const member = `${nameOf(node['object'])}.${nameOf(node['property'])}`;
      if (member === 'Date.now' || member === 'Math.random') found.push(member);
    }
    if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date' && nodesOf(node['arguments']).length === 0) {
      found.push('new Date()');
    }
    if (node.type === 'CallExpression' && nameOf(node['callee']) === 'Date') found.push('Date()');
  });
  return found;
}

function parse(path: string, source: string): Node {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  return program as unknown as Node;
}

function walk(
  node: Node,
  visit: (node: Node, parent: Node | null, field: string) => void,
  parent: Node | null = null,
  at = '',
): void {
  visit(node, parent, at);
  for (const [field, value] of Object.entries(node)) {
    for (const child of nodesOf(value)) walk(child, visit, node, field);
  }
}

/** Names that the file itself brings into being: imports, variables, parameters, functions. */
function declaredNames(program: Node): Set<string> {
  const names = new Set<string>();
  const declare = (pattern: Node): void => {
    if (pattern.type === 'Identifier') names.add(String(pattern['name']));
    for (const field of ['elements', 'properties', 'value', 'left', 'argument'])
      nodesOf(pattern[field]).forEach(declare);
  };
  walk(program, (node) => {
    nodesOf(node['params']).forEach(declare);
    if (node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration') nodesOf(node['id']).forEach(declare);
    nodesOf(node['local']).forEach(declare);
  });
  return names;
}

function nodesOf(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  return isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function nameOf(value: unknown): string {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : '';
}

function pushText(found: string[], value: unknown): void {
  if (isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string') found.push(value['value']);
}
