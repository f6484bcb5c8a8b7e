/** Words that go on with a statement above them: nothing begins there. */
const clause = /(?:else|elif|except|finally|case)\b/y;

/**
 * The first line behind `from` that is indented no further than `indent` and begins a statement of its own. Lines of a bracket
 * that was left open are mostly indented further, so one that is not belongs to what comes next. `failed` is where reading
 * stopped: where a text of several lines stands in front of it, whose lines may begin anywhere, only lines from there on count.
 */
export function resumeBehind(source: string, from: number, failed: number, indent: number): number {
  const hasText = /"""|'''/.test(source.slice(from, failed));
  let at = hasText ? Math.max(from + 1, source.lastIndexOf('\n', failed - 1) + 1) : from;
  // From the beginning of a line in both cases; that of the statement itself does not count.
  if (at <= from) at = nextLine(source, from);
  while (at < source.length) {
    let p = at;
    let columns = 0;
    for (; ; p++) {
      const c = source.charCodeAt(p);
      if (c === 0x20) columns++;
      else if (c === 0x09) columns += 8;
      else if (c === 0x0c) columns = 0;
      else break;
    }
    const c = source.charCodeAt(p);
    const blank = p >= source.length || c === 0x0a || c === 0x0d || c === 0x23;
    if (!blank && columns <= indent && !isCloser(c)) {
      clause.lastIndex = p;
      // A clause of the damaged statement goes with it; one of a statement around it ends the block.
      if (columns < indent || !clause.test(source)) return at;
    }
    at = nextLine(source, at);
  }
  return source.length;
}

const partner: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const tokens =
  /#.*|"{3}[\s\S]*?"{3}|'{3}[\s\S]*?'{3}|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|[()[\]{}"']|:[ \t]*(?:#.*)?$/gm;

/**
 * What closes the brackets that some lines leave open, innermost first; empty where they do not fit together, or where the
 * lines hold a block, whose head must end before it.
 */
export function closing(lines: string): string {
  const open: string[] = [];
  for (const [token] of lines.matchAll(tokens)) {
    if (token.startsWith(':') || token === '"' || token === "'") return '';
    if (token in partner) open.push(partner[token]!);
    else if (isCloser(token.charCodeAt(0)) && open.pop() !== token) return '';
  }
  return open.reverse().join('');
}

/** Where some lines end without the empty ones and the comments behind them; comments indented further than `indent` are of them. */
export function behindCode(source: string, from: number, to: number, indent: number): number {
  let end = to;
  while (end > from) {
    const line = source.lastIndexOf('\n', end - 2) + 1;
    const empty = /^([ \t\f\r]*)(#?)/.exec(source.slice(line, end))!;
    const isEmpty = line + empty[1]!.length + 1 >= end;
    if (line <= from || (!isEmpty && (empty[2] === '' || columnsOf(empty[1]!) > indent))) break;
    end = line;
  }
  return end;
}

const columnsOf = (space: string): number => space.replaceAll('\t', '        ').length;

function nextLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end + 1;
}

const isCloser = (c: number): boolean => c === 0x29 || c === 0x5d || c === 0x7d;
