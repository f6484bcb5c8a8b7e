import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

/**
 * The import table of ARCHITECTURE.md as a test: which room may import which. The longest matching room counts.
 * Type-only imports of a neighbour's plain data types count like any other import.
 */
const node = /^node:/;
const rooms: Readonly<
  Record<string, { readonly may: readonly (string | RegExp)[]; readonly never?: readonly (string | RegExp)[] }>
> = {
  'client/explorer': {
    may: ['client/explorer', 'client/budget-model', 'client/budget-messages', 'server/protocol', /^echarts\//],
  },
  client: { may: ['client', 'server/protocol', 'vscode', /^vscode-languageclient/, node] },
  'server/protocol': { may: ['server/protocol', 'zod'] },
  'server/languages': { may: ['server/languages', 'server/facts', 'web-tree-sitter', 'ts-morph'] },
  'server/facts': { may: ['server/facts', 'server/models'] },
  'server/models': { may: ['server/models', 'server/facts'] },
  'server/rules': { may: ['server/rules', 'server/facts', 'server/models', 'server/budget'] },
  'server/budget': { may: ['server/budget', 'server/facts', 'server/models', 'audit-core/accounting'] },
  'server/audit': { may: ['server/audit', 'server/facts', 'server/models', 'server/budget', 'audit-core'] },
  'server/workspace': { may: [/^(?!client|server\/lsp|server\/cli)/] },
  'server/lsp': { may: [/^(?!client|server\/cli|vscode$)/] },
  'server/cli': { may: [/^(?!client|vscode$)/] },
  'server/report': { may: ['server/report', 'server/rules', 'server/facts', 'server/workspace', 'audit-core'] },
  'audit-core/accounting': { may: ['audit-core/accounting', /^@stdlib\//] },
  'audit-core': { may: [/^(?!client|server|vscode|node:)/] },
  'audit-core/audit/worker': { may: [/^(?!client|vscode)/] },
};

const root = join(__dirname, '..', '..');
const specifier =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

function* sources(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(name) && !/\.test\.ts$/.test(name)) yield path;
  }
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [...text.matchAll(specifier)].map(match => {
    const name = (match[1] ?? match[2] ?? match[3])!;
    return name.startsWith('.')
      ? posix.normalize(
          relative(root, join(dirname(file), name))
            .split(sep)
            .join('/'),
        )
      : name;
  });
}

const within = (name: string, allowed: string | RegExp) =>
  typeof allowed === 'string' ? name === allowed || name.startsWith(`${allowed}/`) : allowed.test(name);

describe('the house', () => {
  for (const folder of ['client', 'server', 'audit-core'])
    it(`${folder} imports only what its rooms may`, () => {
      const broken: string[] = [];
      let seen = 0;
      for (const file of sources(join(root, folder))) {
        const place = relative(root, file).split(sep).join('/');
        const room = Object.keys(rooms)
          .filter(name => place.startsWith(name))
          .sort((a, b) => b.length - a.length)[0];
        assert.ok(room, `${place} stands in no room`);
        for (const name of importsOf(file)) {
          seen++;
          if (!rooms[room]!.may.some(allowed => within(name, allowed))) broken.push(`${place} imports ${name}`);
        }
      }
      assert.ok(seen > 0, 'no import was seen: the test is blind');
      assert.deepEqual(broken, []);
    });
});
