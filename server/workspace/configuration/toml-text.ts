/** A header `[a.b]` or `[[a.b]]`, or a pair `key = value`, with offsets into the text. */
export type TomlItem =
  | { readonly kind: 'header'; readonly name: readonly string[]; readonly list: boolean; readonly start: number }
  | {
      readonly kind: 'pair';
      readonly key: readonly string[];
      readonly start: number;
      readonly valueStart: number;
      readonly valueEnd: number;
    };

/** The headers and pairs of a text that is valid TOML, in order; what lies inside values is not looked at. */
export function tomlItems(text: string): TomlItem[] {
  const out: TomlItem[] = [];
  for (let at = 0; at < text.length; ) {
    const c = text[at]!;
    if (/\s/.test(c)) at++;
    else if (c === '#') at = lineEnd(text, at);
    else if (c === '[') {
      const list = text[at + 1] === '[';
      const inner = at + (list ? 2 : 1);
      const end = keyEnd(text, inner, ']');
      out.push({ kind: 'header', name: keyParts(text.slice(inner, end)), list, start: at });
      at = lineEnd(text, end);
    } else {
      const equals = keyEnd(text, at, '=');
      let valueStart = equals + 1;
      while (text[valueStart] === ' ' || text[valueStart] === '\t') valueStart++;
      const valueEnd = endOfValue(text, valueStart);
      out.push({ kind: 'pair', key: keyParts(text.slice(at, equals)), start: at, valueStart, valueEnd });
      at = lineEnd(text, valueEnd);
    }
  }
  return out;
}

/** The offset of the line break that ends the line of `at`, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}

/** Where a key ends: at `stop` outside quotes. */
function keyEnd(text: string, from: number, stop: string): number {
  let at = from;
  while (at < text.length && text[at] !== stop) {
    if (text[at] === '"' || text[at] === "'") at = endOfString(text, at);
    else at++;
  }
  return at;
}

/** The parts of a dotted key, quotes removed. */
function keyParts(key: string): string[] {
  return [...key.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s."']+)/g)].map(([, basic, literal, bare]) =>
    basic !== undefined ? String(JSON.parse(`"${basic}"`)) : (literal ?? bare ?? ''),
  );
}

/** Past the last character of the value that starts here: strings, arrays over several lines, inline tables, plain words. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const c = text[at]!;
    if (c === '"' || c === "'") {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (c === '#') {
      if (depth === 0) return trimmed(text, from, at);
      at = lineEnd(text, at);
      continue;
    }
    if (c === '[' || c === '{') depth++;
    else if (c === ']' || c === '}') {
      depth--;
      if (depth === 0) return at + 1;
    } else if (c === '\n' && depth === 0) return trimmed(text, from, at);
    at++;
  }
  return trimmed(text, from, at);
}

function trimmed(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /\s/.test(text[end - 1]!)) end--;
  return end;
}

/** Past the closing quote of a string of any of TOML's four kinds. */
function endOfString(text: string, from: number): number {
  const quote = text[from]!;
  const long = text.startsWith(quote.repeat(3), from);
  const close = long ? quote.repeat(3) : quote;
  let at = from + close.length;
  while (at < text.length) {
    if (quote === '"' && text[at] === '\\') at += 2;
    else if (text.startsWith(close, at)) {
      at += close.length;
      // Up to two quotes may stand before the three that close.
      while (long && text[at] === quote) at++;
      return at;
    } else at++;
  }
  return text.length;
}
