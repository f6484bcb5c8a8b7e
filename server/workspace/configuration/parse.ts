import { parse as parseToml, TomlError } from 'smol-toml';
import { type Configuration, fromFile } from './configuration';
import { ConfigurationFile } from './schema';
import { nearest } from './suggest';

/** What is wrong with a configuration file: one sentence and its place (1-based). */
export interface ConfigurationProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type FileKind = 'epsilint.toml' | 'pyproject.toml' | 'package.json';

/** null: this file says nothing of Epsilint. */
export type Parsed = {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
} | null;

/**
 * Reads one configuration file. Everything wrong in it is told; nothing of a wrong file is used but the defaults,
 * so that a slip never turns rules off in silence.
 */
export function parseConfiguration(text: string, kind: FileKind, path: string, folder: string): Parsed {
  const problem = (line: number, column: number, message: string): ConfigurationProblem => ({
    path,
    line,
    column,
    message,
  });
  let root: unknown;
  try {
    root = kind === 'package.json' ? JSON.parse(text.replace(/^\ufeff/, '')) : parseToml(text.replace(/^\ufeff/, ''));
  } catch (error) {
    // Another tool's broken file is not ours to complain about.
    if (kind !== 'epsilint.toml' && !text.includes('epsilint')) return null;
    const broken =
      error instanceof TomlError
        ? problem(error.line, error.column, `The file is not valid TOML: ${firstLine(error.message)}.`)
        : problem(1, 1, 'The file is not valid JSON.');
    return { configuration: fromFile({}, path, folder), problems: [broken] };
  }
  const section = sectionOf(root, kind);
  if (section === undefined) return null;
  const parsed = ConfigurationFile.safeParse(section);
  if (parsed.success) return { configuration: fromFile(parsed.data, path, folder), problems: [] };
  const prefix =
    kind === 'epsilint.toml' && section === root ? [] : kind === 'package.json' ? ['epsilint'] : ['tool', 'epsilint'];
  const problems = parsed.error.issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => {
        const known = knownKeys(issue.path);
        const meant = nearest(key, known);
        const hint = meant ? `did you mean "${meant}"?` : `known keys here: ${known.join(', ')}.`;
        const place = locate(text, [...prefix, ...issue.path, key]);
        return problem(place.line, place.column, `Unknown key "${[...issue.path, key].join('.')}"; ${hint}`);
      });
    const place = locate(text, [...prefix, ...issue.path]);
    const name = issue.path.map(String).join('.');
    return [problem(place.line, place.column, `${name ? `"${name}": ` : ''}${issue.message}.`)];
  });
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { configuration: fromFile({}, path, folder), problems };
}

/** In `epsilint.toml` the keys stand at the top, or under `[tool.epsilint]` when somebody copied them from elsewhere. */
function sectionOf(root: unknown, kind: FileKind): unknown {
  if (!isRecord(root)) return undefined;
  if (kind === 'package.json') return root.epsilint;
  const tool = isRecord(root.tool) ? root.tool.epsilint : undefined;
  return kind === 'pyproject.toml' ? tool : (tool ?? root);
}

/** Keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  const shape = ConfigurationFile.shape;
  const [first] = path;
  if (first === undefined) return Object.keys(shape);
  if (first === 'data') return ['subject', 'direct', 'quasi', 'protected', path[1] === 'columns' ? 'safe' : 'public'];
  if (first === 'overrides') return Object.keys(shape.overrides.unwrap().element.shape);
  if (first === 'audit') return Object.keys(shape.audit.unwrap().element.shape);
  if (first === 'dp' || first === 'sinks' || first === 'limits') return Object.keys(shape[first].unwrap().shape);
  return [];
}

/** The line of a key: each part of its path is looked for after the one before. Good for TOML and JSON alike. */
function locate(text: string, path: readonly PropertyKey[]): { line: number; column: number } {
  let at = 0;
  let found = 0;
  for (const part of path) {
    if (typeof part === 'number') continue;
    const name = String(part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const key = new RegExp(`(^|[\\s.,{["'])${name}["']?\\s*(?=[.=:\\]])`, 'gm');
    key.lastIndex = at;
    const match = key.exec(text);
    if (!match) continue;
    found = match.index + match[1]!.length;
    at = key.lastIndex;
  }
  const line = text.slice(0, found).split('\n').length;
  return { line, column: found - (text.lastIndexOf('\n', found - 1) + 1) + 1 };
}

const firstLine = (message: string): string =>
  message
    .split('\n')[0]!
    .replace(/^Invalid TOML document: /, '')
    .replace(/\.$/, '');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
