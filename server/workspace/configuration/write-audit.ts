import { isDeepStrictEqual } from 'node:util';
import { parse as parseToml } from 'smol-toml';
import type { FileKind } from './parse';
import type { AuditEntry } from './schema';
import { lineEnd, type TomlItem, tomlItems } from './toml-text';

/** A configuration that cannot be completed by program; one sentence that says what to do by hand. */
export class AuditEntryError extends Error {}

/**
 * The text of a configuration file with an audit entry written into it: keys of the entry that has the same script (and the same
 * checkpoint, where both name one) are set, else a new entry is added at the end. Everything else of the text stays as it is.
 * `text` is '' for a file that is not there yet. Throws `AuditEntryError`.
 */
export function writeAuditEntry(text: string, kind: FileKind, entry: AuditEntry): string {
  const given = withoutGaps(entry);
  if (kind === 'package.json') return intoJson(text, given);
  const root = parsed(text);
  const prefix = kind === 'pyproject.toml' || sectionAt(root, ['tool', 'epsilint']) ? ['tool', 'epsilint'] : [];
  const path = [...prefix, 'audit'];
  const section = prefix.length > 0 ? (sectionAt(root, prefix) ?? {}) : root;
  const entries = Array.isArray(section.audit) ? (section.audit as AuditEntry[]) : [];
  const items = tomlItems(text);
  const headers = items.filter(item => item.kind === 'header' && item.list && sameName(item.name, path));
  if (headers.length !== entries.length)
    throw new AuditEntryError('The audits stand in one inline list: write them as [[audit]] tables first.');
  const index = entries.findIndex(one => isSame(one, given));
  const made =
    index < 0 ? added(text, path, given) : changed(text, items, path, index, changesTo(entries[index]!, given));
  const after = sectionAt(parsed(made), prefix)?.audit;
  const wanted =
    index < 0
      ? [...entries, given]
      : entries.map((one, at) => (at === index ? { ...one, ...changesTo(one, given) } : one));
  if (!isDeepStrictEqual(plain(after), plain(wanted)))
    throw new AuditEntryError('The audit entry cannot be changed without touching other text: write it by hand.');
  return made;
}

/** Entries are the same when script and checkpoint agree where both name them, and at least one is named by both. */
export function isSame(a: AuditEntry, b: AuditEntry): boolean {
  const clean = (path: string): string => path.replace(/\\/g, '/').replace(/^(?:\.\/)+/, '');
  const agree = (x: string | undefined, y: string | undefined): boolean | null =>
    x === undefined || y === undefined ? null : clean(x) === clean(y);
  const both = [agree(a.script, b.script), agree(a.checkpoint, b.checkpoint)];
  return !both.includes(false) && both.includes(true);
}

/** What is to be set in an entry: paths that name the same file stay as they are written. */
function changesTo(held: AuditEntry, entry: AuditEntry): AuditEntry {
  const { script, checkpoint, ...rest } = entry;
  return {
    ...(held.script === undefined && script !== undefined && { script }),
    ...(held.checkpoint === undefined && checkpoint !== undefined && { checkpoint }),
    ...rest,
  };
}

/** The entry without keys that have no value. */
const withoutGaps = (entry: AuditEntry): AuditEntry =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

function parsed(text: string): Record<string, unknown> {
  try {
    return parseToml(text.replace(/^\ufeff/, ''));
  } catch {
    throw new AuditEntryError('The configuration file is not valid TOML: mend it first.');
  }
}

function sectionAt(root: Record<string, unknown>, path: readonly string[]): Record<string, unknown> | undefined {
  let at: Record<string, unknown> = root;
  for (const name of path) {
    const next = at[name];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return undefined;
    at = next as Record<string, unknown>;
  }
  return at;
}

const sameName = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index]);

/** The n-th `[[audit]]` with its pairs; `nested` where tables of its own follow. */
function blockOf(items: readonly TomlItem[], path: readonly string[], index: number) {
  const headers = items.filter(item => item.kind === 'header' && item.list && sameName(item.name, path));
  const header = headers[index]!;
  const from = items.indexOf(header) + 1;
  const next = items.slice(from).findIndex(item => item.kind === 'header');
  const own = items.slice(from, next < 0 ? undefined : from + next);
  const pairs = own.filter(item => item.kind === 'pair');
  const nested = items
    .slice(from)
    .filter(item => item.kind === 'header')
    .find((item, at, all) => {
      const ended = all.slice(0, at).some(one => sameName(one.name, path));
      return !ended && item.name.length > path.length && sameName(item.name.slice(0, path.length), path);
    });
  return { header, pairs, nested: nested !== undefined };
}

function changed(
  text: string,
  items: readonly TomlItem[],
  path: readonly string[],
  index: number,
  entry: AuditEntry,
): string {
  const block = blockOf(items, path, index);
  if (block.nested) throw new AuditEntryError('The audit entry has tables of its own: write the keys by hand.');
  const edits: { start: number; end: number; text: string }[] = [];
  const missing: string[] = [];
  for (const [key, value] of Object.entries(entry)) {
    const held = block.pairs.filter(pair => pair.key[0] === key);
    const [first, ...more] = held;
    if (!first) {
      missing.push(`${key} = ${tomlValue(value)}`);
      continue;
    }
    if (first.key.length === 1) edits.push({ start: first.valueStart, end: first.valueEnd, text: tomlValue(value) });
    else edits.push({ start: first.start, end: first.valueEnd, text: `${key} = ${tomlValue(value)}` });
    // Dotted keys of the same value (`members.column`, `members.is`) become one.
    for (const pair of more)
      edits.push({ start: pair.start, end: Math.min(text.length, lineEnd(text, pair.valueEnd) + 1), text: '' });
  }
  if (missing.length > 0) {
    const last = block.pairs.at(-1);
    const at = lineEnd(text, last ? last.valueEnd : block.header.start);
    const before = text[at - 1] === '\r' ? at - 1 : at;
    const newline = lineBreak(text);
    edits.push({ start: before, end: before, text: missing.map(line => newline + line).join('') });
  }
  let out = text;
  for (const edit of edits.sort((a, b) => b.start - a.start))
    out = out.slice(0, edit.start) + edit.text + out.slice(edit.end);
  return out;
}

function added(text: string, path: readonly string[], entry: AuditEntry): string {
  const newline = lineBreak(text);
  const gap = text.trim() === '' ? '' : text.endsWith('\n') ? newline : newline + newline;
  const lines = [
    `[[${path.join('.')}]]`,
    ...Object.entries(entry).map(([key, value]) => `${key} = ${tomlValue(value)}`),
  ];
  return `${text.trim() === '' ? '' : text}${gap}${lines.join(newline)}${newline}`;
}

const lineBreak = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

/** A value as TOML: strings as basic strings, short lists on one line, tables inline. */
export function tomlValue(value: unknown): string {
  if (typeof value === 'string') return tomlString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const items = value.map(tomlValue);
    const line = `[${items.join(', ')}]`;
    return line.length <= 110 || value.every(each => typeof each === 'number') ? line : `[\n${wrapped(items)}\n]`;
  }
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${/^[\w-]+$/.test(key) ? key : tomlString(key)} = ${tomlValue(one)}`)
      .join(', ')} }`;
  throw new AuditEntryError('An audit entry holds text, numbers, booleans, lists and tables only.');
}

/** JSON's escapes are TOML's, but for the delete character, which TOML wants escaped too. */
const tomlString = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');

function wrapped(items: readonly string[]): string {
  const lines: string[] = [];
  let line = ' ';
  for (const item of items) {
    if (line.length + item.length > 108 && line.trim() !== '') {
      lines.push(line);
      line = ' ';
    }
    line += ` ${item},`;
  }
  return [...lines, line].join('\n');
}

function intoJson(text: string, entry: AuditEntry): string {
  let root: { epsilint?: { audit?: AuditEntry[] } };
  try {
    root = text.trim() === '' ? {} : JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new AuditEntryError('The configuration file is not valid JSON: mend it first.');
  }
  const entries = root.epsilint?.audit ?? [];
  const index = entries.findIndex(one => isSame(one, entry));
  const audit =
    index < 0
      ? [...entries, entry]
      : entries.map((one, at) => (at === index ? { ...one, ...changesTo(one, entry) } : one));
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const made = JSON.stringify({ ...root, epsilint: { ...root.epsilint, audit } }, null, indent);
  return `${lineBreak(text) === '\r\n' ? made.replaceAll('\n', '\r\n') : made}${text.endsWith('\n') || text === '' ? lineBreak(text) : ''}`;
}
