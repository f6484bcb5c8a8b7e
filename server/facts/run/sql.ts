/** What a query says of its rows: the tables that they come from and the columns that it selects. */
export interface Query {
  readonly tables: readonly string[];
  /** Names of the result's columns, and whether these are all. */
  readonly columns: readonly string[];
  readonly complete: boolean;
}

const select = /\bselect\b\s+(?:distinct\s+)?(?:top\s+\d+\s+)?([\s\S]*?)\bfrom\b/i;
const sources = /\b(?:from|join|into|update)\s+([\w."`[\]]+)/gi;
const unquoted = (name: string): string => name.replace(/["`[\]]/g, '');

/** Reads a query's text as far as names go; null for what is no query. Literal values in it are not looked at. */
export function readQuery(text: string): Query | null {
  if (text.length > 20_000 || !/\b(?:select|from)\b/i.test(text)) return null;
  const tables = [...text.matchAll(sources)].map(match => unquoted(match[1]!));
  const list = select.exec(text)?.[1];
  if (list === undefined) return tables.length > 0 ? { tables, columns: [], complete: false } : null;
  const columns: string[] = [];
  let complete = true;
  for (const part of topLevel(list)) {
    const name = nameOf(part.trim());
    if (name === null) complete = false;
    else columns.push(name);
  }
  return { tables, columns, complete };
}

/** `a.probability::float AS p` is called `p`, `a.probability` is called `probability`; an expression without a name has none. */
function nameOf(part: string): string | null {
  const alias =
    /\bas\s+([\w"`[\]]+)\s*$/i.exec(part)?.[1] ?? /^[\w."`[\]]+(?:::\w+)?\s+([A-Za-z_]\w*)$/.exec(part)?.[1];
  if (alias !== undefined) return unquoted(alias);
  const plain = /^(?:[\w"`[\]]+\.)*([\w"`[\]]+)(?:::\w+)?$/.exec(part)?.[1];
  return plain === undefined ? null : unquoted(plain);
}

/** The parts of a list between commas that stand in no parenthesis. */
function topLevel(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    const c = list[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ',' && depth === 0) {
      parts.push(list.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(list.slice(from));
  return parts;
}
