/**
 * IPython's magics, shell escapes and help marks are no Python. They are overwritten in place by code of the same length, so
 * that every offset still means the same character: a magic line becomes the statement `0`, a cell of another language white space.
 */

/** Cell magics whose body is still Python; the body of every other one is in another language or a file. */
const pythonCellMagics = new Set([
  'time',
  'timeit',
  'capture',
  'prun',
  'memit',
  'mprun',
  'lprun',
  'heat',
  'scalene',
  'wandb',
  'python',
  'python3',
  'pypy',
]);

/** Line magics that run the rest of the line as Python. */
const pythonLineMagics = new Set(['time', 'timeit', 'prun', 'memit', 'mprun', 'lprun']);

/** A script that the notebook writes out and runs: what trains there trains all the same. */
const writesPython = (head: string): boolean => /^\s*%%(?:writefile|file)\b.*\.py["']?\s*$/.test(head);

const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');
/** The expression statement `0`, padded to the length of what it replaces. */
const nothing = (text: string): string => (text.length === 0 ? '' : `0${' '.repeat(text.length - 1)}`);

/** Same length in, same length out; only magics differ. Never throws. */
export function neutraliseMagics(source: string): string {
  const cell = /^(\s*)%%(\w+)?[^\r\n]*/.exec(source);
  if (cell) {
    const head = cell[0].length;
    if (cell[2] === undefined || !(pythonCellMagics.has(cell[2].toLowerCase()) || writesPython(cell[0])))
      return blank(source);
    return blank(source.slice(0, head)) + lines(source.slice(head));
  }
  return lines(source);
}

/** Files that a cell runs (`%run -i tools/helper.py`): where the magic starts, and the file as an import would name it. */
export function runsOf(source: string): { readonly start: number; readonly module: string }[] {
  if (!source.includes('%run') || /^\s*%%/.test(source)) return [];
  return [
    ...source.matchAll(/^([ \t]*)%run[ \t]+(?:-\w+[ \t]+)*(["']?)(?:\.\/)?([\w./]+?)(?:\.py)?\2(?:[ \t]|\r?$)/gm),
  ].flatMap(([, indent = '', , path = ''], i, all) => {
    const [up] = /^(?:\.\.\/)*/.exec(path)!;
    const module = (up === '' ? '' : '.'.repeat(up.length / 3 + 1)) + path.slice(up.length).replaceAll('/', '.');
    return /\w$/.test(module) ? [{ start: all[i]!.index + indent.length, module }] : [];
  });
}

/** A script in cells (`# %%`, `# In[1]:`), as editors and exported notebooks have them: magics may stand in it. */
export const hasCells = (source: string): boolean => /^#[ \t]*(?:%%|In\[[ \d]*\]:|<codecell>)/m.test(source);

/** Magics of a script in cells; a cell of another language does not occur there. */
export const neutraliseLines = (source: string): string => lines(source);

/** Walks the logical lines: a `%` inside a string, a bracket or after a backslash is no magic. */
function lines(source: string): string {
  let out = '';
  let at = 0;
  const state = { depth: 0, quote: '', continued: false };
  while (at < source.length) {
    let end = source.indexOf('\n', at);
    end = end < 0 ? source.length : end + 1;
    const line = source.slice(at, end);
    const fresh = state.depth === 0 && state.quote === '' && !state.continued;
    const written = fresh ? neutraliseLine(line) : line;
    scan(written, state);
    out += written;
    at = end;
  }
  return out;
}

function neutraliseLine(line: string): string {
  const body = line.replace(/[\r\n]+$/, '');
  const ending = line.slice(body.length);
  const magic = /^(\s*)(%(\w+)\s+(?:-\w+\s+\S+\s+)*)?/.exec(body)!;
  const indent = magic[1]!;
  const rest = body.slice(indent.length);
  if (magic[2] !== undefined && pythonLineMagics.has(magic[3]!))
    return `${indent}0;${' '.repeat(magic[2].length - 2)}${body.slice(magic[0].length)}${ending}`;
  if (/^[%!]/.test(rest) || /^\?/.test(rest)) return indent + nothing(rest) + ending;
  if (/^[\w.]+\?{1,2}\s*$/.test(rest)) return indent + nothing(rest) + ending;
  const assigned = /^([\w.,\s[\]]+=\s*)([!%].*)$/.exec(rest);
  if (assigned && !/[=!<>]=\s*$/.test(assigned[1]!)) return indent + assigned[1]! + nothing(assigned[2]!) + ending;
  return line;
}

/** Follows strings and brackets over one physical line. */
function scan(line: string, state: { depth: number; quote: string; continued: boolean }): void {
  state.continued = false;
  for (let i = 0; i < line.length; i++) {
    const unit = line[i]!;
    if (state.quote !== '') {
      if (unit === '\\') i++;
      else if (line.startsWith(state.quote, i)) {
        i += state.quote.length - 1;
        state.quote = '';
      } else if (unit === '\n' && state.quote.length === 1) state.quote = '';
    } else if (unit === '"' || unit === "'") {
      state.quote = line.startsWith(unit.repeat(3), i) ? unit.repeat(3) : unit;
      i += state.quote.length - 1;
    } else if (unit === '#') return;
    else if (unit === '(' || unit === '[' || unit === '{') state.depth++;
    else if (unit === ')' || unit === ']' || unit === '}') state.depth = Math.max(0, state.depth - 1);
    else if (unit === '\\' && /^\r?\n?$/.test(line.slice(i + 1))) state.continued = true;
  }
}
