import { type Cell, cellsOf, Lazy, mapCells } from '../column';
import { ReplayError } from '../errors';
import { column, type Grid, mapColumns } from '../grid';
import { isScalar } from '../values';
import type { Operations, Step } from './index';

/** A pattern of Python's `re` as one of ours; what the two spell differently is refused. */
export function patternOf(text: string, flags = ''): RegExp {
  if (text.length > 500) throw new ReplayError('A pattern is longer than 500 characters.');
  const inline = /^\(\?([aims]+)\)/.exec(text);
  const body = (inline ? text.slice(inline[0].length) : text)
    .replace(/\(\?P<([A-Za-z_]\w*)>/g, '(?<$1>')
    .replace(/\(\?P=([A-Za-z_]\w*)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$');
  if (/\(\?[aiLmsux-]+[:)]|\(\?#|\(\?\(|[*+?}]\+|\(\?>/.test(body))
    throw new ReplayError('A pattern has a form that is not replayed.');
  try {
    return new RegExp(body, flags + (inline?.[1] ?? '').replace('a', ''));
  } catch {
    throw new ReplayError('A pattern has a form that is not replayed.');
  }
}

const classes = /\\[wWbBdDsS]/;

/** Letters beyond ASCII count as letters in Python's classes, not in ours. */
function search(pattern: RegExp, text: string): RegExpExecArray | null {
  if (classes.test(pattern.source) && /[^\0-\x7f]/.test(text))
    throw new ReplayError('A pattern meets text with letters beyond ASCII.');
  pattern.lastIndex = 0;
  return pattern.exec(text);
}

const isPlain = (text: string): boolean => !/[\\^$.|?*+()[\]{}]/.test(text);

function tested(step: Step): (text: string) => boolean {
  const wanted = step.text(2);
  switch (step.text(1)) {
    case 'startswith':
      return text => text.startsWith(wanted);
    case 'endswith':
      return text => text.endsWith(wanted);
    case 'includes':
      return text => text.includes(wanted);
    case 'match': {
      const pattern = patternOf(`^(?:${wanted})`);
      return text => search(pattern, text) !== null;
    }
    default: {
      if (isPlain(wanted)) return text => text.includes(wanted);
      const pattern = patternOf(wanted);
      return text => search(pattern, text) !== null;
    }
  }
}

/** Parts of a text by a separator; null: by white space. */
function partsOf(text: string, by: string | null): string[] {
  return by === null ? text.split(/\s+/).filter(part => part !== '') : text.split(by);
}

/** Steps on text by patterns and separators. */
export const patterns: Operations = {
  'text-test': step => {
    const test = tested(step);
    const from = step.value(0);
    if (isScalar(from)) return Number(test(String(from)));
    return mapColumns(step.grid(0), each => ({
      ...mapCells(each, cell => (cell === null ? null : Number(test(String(cell))))),
      type: 'bool',
    }));
  },
  'text-replace': step => {
    const [from, to] = [step.text(1), step.text(2)];
    const regex = step.has(3) ? step.value(3) : null;
    if (regex === null && !isPlain(from) && from.length > 1)
      throw new ReplayError(
        'A text is replaced by what older versions of pandas take for a pattern; say regex=True or False.',
      );
    const pattern = regex === 1 && !isPlain(from) ? patternOf(from, 'g') : null;
    if (pattern && /[\\$]/.test(to)) throw new ReplayError('A replacement refers to parts of its pattern.');
    const change = (text: string): string => {
      if (!pattern) return text.replaceAll(from, to);
      search(pattern, text);
      return text.replace(pattern, to);
    };
    const given = step.value(0);
    if (isScalar(given)) return change(String(given));
    return mapColumns(step.grid(0), each => mapCells(each, cell => (cell === null ? null : change(String(cell)))));
  },
  'text-extract': step => {
    // [cells, pattern, as a table?]: the groups of the first match.
    const pattern = patternOf(step.text(1));
    const groups = new RegExp(`${pattern.source}|`).exec('')!.length - 1;
    if (groups === 0) throw new ReplayError('A pattern has no group to take out.');
    const from = step.grid(0);
    const cells = column(from, 0);
    const part = (i: number) =>
      new Lazy(() =>
        mapCells(cells, (cell): Cell => (cell === null ? null : (search(pattern, String(cell))?.[i + 1] ?? null))),
      );
    const columns = Array.from({ length: groups }, (_, i) => part(i));
    const flat = groups === 1;
    return { ...from, flat, names: flat ? from.names : columns.map((_, i) => String(i)), columns };
  },
  'text-split': step => {
    const [by, at] = [step.text(1), step.number(2)];
    return mapColumns(step.grid(0), each =>
      mapCells(each, cell => (cell === null ? null : (partsOf(String(cell), by).at(at) ?? null))),
    );
  },
  'text-parts': step => {
    // `split(expand=True)`: a column a part.
    const from: Grid = step.grid(0);
    const by = step.value(1) === null ? null : step.text(1);
    const cells = column(from, 0);
    let width = 0;
    for (const cell of new Set(cellsOf(cells)))
      if (cell !== null) width = Math.max(width, partsOf(String(cell), by).length);
    const columns = Array.from({ length: width }, (_, i) => {
      const made = new Lazy(() =>
        mapCells(cells, (cell): Cell => (cell === null ? null : (partsOf(String(cell), by)[i] ?? null))),
      );
      return made;
    });
    return { ...from, flat: false, names: columns.map((_, i) => String(i)), columns };
  },
  'text-fill': step =>
    mapColumns(step.grid(0), each =>
      mapCells(each, cell => (cell === null ? null : String(cell).padStart(step.number(1), '0'))),
    ),
};
