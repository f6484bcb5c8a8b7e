/** Where a cursor stands in a TOML text that may be half written. */
export interface TomlPlace {
  /** `header`: inside `[…]`; `key`: before the `=`; `value`: behind it or inside a list of several lines. */
  readonly at: 'header' | 'key' | 'value';
  /** The table's path, the dotted part of a key and, for a value, the key itself. Empty at the top. */
  readonly path: readonly string[];
  /** What is typed of the word: of a header all of it, of a value without its opening quote. */
  readonly word: string;
  /** Whether an opening quote stands before the word already. */
  readonly quoted: boolean;
  /** Keys that the table has already, above and below. */
  readonly taken: readonly string[];
}

const header = /^\s*\[\[?\s*([^\]]*?)\s*\]\]?\s*(?:#.*)?$/;
const pair = /^\s*((?:"[^"]*"|'[^']*'|[\w.-]|\s*\.\s*)+?)\s*=/;

/** Parts of a dotted key, quotes removed. */
export const partsOf = (key: string): string[] =>
  [...key.matchAll(/"([^"]*)"|'([^']*)'|([^\s."']+)/g)].map(
    ([, basic, literal, bare]) => basic ?? literal ?? bare ?? '',
  );

/** Reads line by line, so that a broken line above does not hide what stands below it. */
export function placeIn(text: string, offset: number): TomlPlace {
  const lines = text.split(/\r?\n/);
  const here = text.slice(0, offset).split(/\r?\n/).length - 1;
  const left = text.slice(0, offset).split(/\r?\n/).at(-1)!;
  let table: string[] = [];
  let open: string[] | null = null;
  let depth = 0;
  for (const line of lines.slice(0, here)) {
    if (depth > 0) {
      depth = Math.max(0, depth + brackets(line));
      continue;
    }
    const named = header.exec(line);
    const key = named ? null : pair.exec(line);
    if (named) table = partsOf(named[1]!);
    else if (key) {
      open = partsOf(key[1]!);
      depth = Math.max(0, brackets(line.slice(key[0].length)));
    }
  }
  const taken = keysOf(lines, table);
  const value = (path: readonly string[], typed: string): TomlPlace => {
    const word = /(["']?)([^"'\s,[\]{}=]*)$/.exec(typed)!;
    return { at: 'value', path, word: word[2]!, quoted: word[1] !== '', taken };
  };
  if (depth > 0 && open) return value([...table, ...open], left);
  if (/^\s*\[/.test(left))
    return { at: 'header', path: [], word: left.replace(/^\s*\[+\s*/, ''), quoted: false, taken };
  const key = pair.exec(left);
  if (key) return value([...table, ...partsOf(key[1]!)], left.slice(key[0].length));
  const typed = left.trimStart();
  const dot = typed.lastIndexOf('.');
  const path = [...table, ...partsOf(typed.slice(0, Math.max(0, dot)))];
  return { at: 'key', path, word: typed.slice(dot + 1), quoted: false, taken };
}

/** Opening less closing brackets of a line, outside strings and comments. */
function brackets(line: string): number {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').replace(/#.*/, '');
  return (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
}

/** First parts of the keys below a table's header. */
function keysOf(lines: readonly string[], table: readonly string[]): string[] {
  const keys: string[] = [];
  let now: string[] = [];
  for (const line of lines) {
    const named = header.exec(line);
    if (named) now = partsOf(named[1]!);
    const key = named ? null : pair.exec(line);
    if (key && now.join('\n') === table.join('\n')) keys.push(partsOf(key[1]!)[0]!);
  }
  return keys;
}
