import { parse as parseToml } from 'smol-toml';
import type { FileKind } from './parse';
import { type TomlItem, tomlItems } from './toml-text';
import { tomlValue } from './write-audit';

/** What a project can say of a column, or of a data file. Keys are those of the configuration. */
export type Declaration =
  | { readonly of: 'column'; readonly as: 'subject' | 'direct' | 'quasi' | 'protected' | 'safe'; readonly name: string }
  | { readonly of: 'file'; readonly as: 'public'; readonly name: string };

/** A declaration that cannot be written by program; one sentence. */
export class DeclarationError extends Error {}

/** One change of a text: `start` to `end` becomes `text`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The change that writes a declaration into the text of a configuration file ('' for one that is not there yet); null when it
 * says so already. A column leaves the other lists, so that the file never says two things of it. Throws `DeclarationError`.
 */
export function declarationChanges(text: string, kind: FileKind, declaration: Declaration): TextChange[] {
  if (kind === 'package.json')
    throw new DeclarationError(
      'Write it into the "epsilint" section of package.json by hand, or make an epsilint.toml.',
    );
  let root: unknown;
  try {
    root = parseToml(text.replace(/^\ufeff/, ''));
  } catch {
    throw new DeclarationError('The configuration file is not valid TOML: mend it first.');
  }
  const inTool = kind === 'pyproject.toml' || at(root, ['tool', 'epsilint']) !== undefined;
  const prefix = inTool ? ['tool', 'epsilint'] : [];
  const table = [...prefix, 'data', declaration.of === 'column' ? 'columns' : declaration.name];
  const pairs = new Map<string, Extract<TomlItem, { kind: 'pair' }>>();
  const items = tomlItems(text);
  let header: readonly string[] = [];
  let lastOfTable: number | null = null;
  /** What stands before the key of a pair in that place: `columns.` below `[data]`. */
  let dots: readonly string[] = [];
  for (const item of items) {
    if (item.kind === 'header') {
      header = item.list ? [...item.name, '*'] : item.name;
      if (same(header, table)) lastOfTable = lineAfter(text, item.start);
    } else {
      const path = [...header, ...item.key];
      if (!same(path.slice(0, -1), table)) continue;
      pairs.set(path.at(-1)!, item);
      lastOfTable = lineAfter(text, item.valueEnd);
      dots = item.key.slice(0, -1);
    }
  }
  // An inline table (`columns = { … }`) has no lines of its own to write into.
  const held = at(root, table);
  if (held !== undefined && lastOfTable === null && pairs.size === 0)
    throw new DeclarationError(`Write it into "${table.join('.')}" by hand: it is an inline table.`);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const key = declaration.as;
  const value = declaration.of === 'file' ? true : listed(at(held, [key])).concat(declaration.name);
  if (declaration.of === 'file' ? at(held, [key]) === true : listed(at(held, [key])).includes(declaration.name))
    return [];
  const changes: TextChange[] = [];
  const pair = pairs.get(key);
  if (pair) changes.push({ start: pair.valueStart, end: pair.valueEnd, text: tomlValue(value) });
  else {
    const line = `${quoted([...dots, key])} = ${tomlValue(value)}${newline}`;
    if (lastOfTable === null) {
      const gap = text.trim() === '' ? '' : text.endsWith('\n') ? newline : newline + newline;
      changes.push({ start: text.length, end: text.length, text: `${gap}[${quoted(table)}]${newline}${line}` });
    } else {
      const gap = text[lastOfTable - 1] === '\n' ? '' : newline;
      changes.push({ start: lastOfTable, end: lastOfTable, text: gap + line });
    }
  }
  if (declaration.of === 'column')
    for (const [other, { valueStart, valueEnd }] of pairs) {
      const names = listed(at(held, [other]));
      if (other === key || !names.includes(declaration.name)) continue;
      const kept = names.filter(name => name !== declaration.name);
      changes.push({ start: valueStart, end: valueEnd, text: tomlValue(kept) });
    }
  return changes;
}

const quoted = (path: readonly string[]): string =>
  path.map(part => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part))).join('.');

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index]);

const listed = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];

function at(root: unknown, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return value;
}

/** The start of the line after an offset; the end of the text where there is none. */
function lineAfter(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}
