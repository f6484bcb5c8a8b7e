import { RuntimeError } from '../../error';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'operator' | 'newline' | 'indent' | 'dedent' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /(?<space>[ \t\r]+|\\\n|#[^\n]*)|(?<newline>\n)|(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>[rRbBuU]{0,2}(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<name>[A-Za-z_$][\w$]*)|(?<operator>\*\*=|\/\/=|\*\*|\/\/|->|==|!=|<=|>=|\+=|-=|\*=|\/=|:=|\.\.\.|[-+*/%@&|^~<>()[\]{},:.;=])/y;

/** Splits code into tokens with Python's indentation as tokens of its own; one refusal for what is no Python. */
export function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let brackets = 0;
  let at = 0;
  let lineStart = true;
  while (at < source.length) {
    if (lineStart && brackets === 0) {
      const [blank = ''] = /^[ \t]*/.exec(source.slice(at, at + 400)) ?? [];
      const next = source[at + blank.length];
      if (next === '\n' || next === '#' || next === undefined) {
        const end = source.indexOf('\n', at);
        at = end < 0 ? source.length : end + 1;
        continue;
      }
      at += blank.length;
      const width = blank.replaceAll('\t', '        ').length;
      if (width > (indents.at(-1) ?? 0)) {
        indents.push(width);
        tokens.push({ kind: 'indent', text: '', start: at, end: at });
      }
      while (width < (indents.at(-1) ?? 0)) {
        indents.pop();
        tokens.push({ kind: 'dedent', text: '', start: at, end: at });
      }
      lineStart = false;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match) throw new RuntimeError(`The code of the model cannot be read at character ${at}.`);
    const [text] = match;
    const end = at + text.length;
    const groups = match.groups ?? {};
    if (groups.newline !== undefined) {
      if (brackets === 0) {
        tokens.push({ kind: 'newline', text, start: at, end });
        lineStart = true;
      }
    } else if (groups.space === undefined) {
      if (/^[([{]$/.test(text)) brackets++;
      else if (/^[)\]}]$/.test(text)) brackets = Math.max(0, brackets - 1);
      const kind =
        groups.number !== undefined
          ? 'number'
          : groups.string !== undefined
            ? 'string'
            : groups.name !== undefined
              ? 'name'
              : 'operator';
      tokens.push({ kind, text, start: at, end });
    }
    at = end;
  }
  tokens.push({ kind: 'newline', text: '', start: at, end: at });
  for (const _ of indents.slice(1)) tokens.push({ kind: 'dedent', text: '', start: at, end: at });
  tokens.push({ kind: 'end', text: '', start: at, end: at });
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** The text between a literal's quotes. */
export function unquote(literal: string): string {
  const quote = literal.search(/["']/);
  const inner = literal.slice(quote + 1, -1);
  if (/r/i.test(literal.slice(0, quote))) return inner;
  return inner.replace(/\\(x[\da-fA-F]{2}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );
}
