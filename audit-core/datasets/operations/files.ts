import { defaultLimits } from '../../checkpoints/limits';
import { type Cell, columnOf, Lazy } from '../column';
import { DataFileError, ReplayError } from '../errors';
import { type Block, type Grid, gridFromFlat, vector } from '../grid';
import { readNumpyArchive } from '../npy';
import { literalOf } from '../recipe';
import type { DataAccess } from '../sources';
import type { ReadOptions } from '../tables';
import { asCells, asItems, isList, isScalar, listOf, type Value } from '../values';
import { pickColumns, placeOf } from './columns';
import type { Operations, Step } from './index';

const texts = (value: Value | undefined): string[] | null =>
  value === undefined || value === null ? null : asCells(value).map(String);

const wordOf = (value: Value | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** Numbers of lines that are left out: so many at the start, or those named. */
function linesOf(value: Value | undefined): number | ReadonlySet<number> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  return new Set(asCells(value).map(Number));
}

function missingByColumn(value: Value | undefined): ReadonlyMap<string, readonly string[]> | undefined {
  if (!isList(value)) return undefined;
  return new Map(value.items.map(pair => [String(asCells(asItems(pair)[0]!)[0]), texts(asItems(pair)[1]) ?? []]));
}

function readOptions(step: Step): ReadOptions {
  const format = String(step.named('format') ?? 'any') as ReadOptions['format'];
  const separator = step.named('separator');
  const limit = step.named('nrows');
  const text = step.named('text');
  const names = texts(step.named('names'));
  const header = step.named('header');
  if (header !== undefined && header !== null && typeof header !== 'number')
    throw new ReplayError('Names of columns in several lines are not replayed.');
  const given = {
    skip: linesOf(step.named('skiprows')),
    limit: typeof limit === 'number' ? limit : undefined,
    encoding: wordOf(step.named('encoding')),
    missing: texts(step.named('na_values')) ?? undefined,
    missingIn: missingByColumn(step.named('missing_in')),
    usualMissing: step.named('usual_missing') === 0 ? false : undefined,
    names: names ?? undefined,
    header: header === null || (names && header === undefined) ? false : (header ?? undefined),
    comment: wordOf(step.named('comment')),
    trimmed: step.named('trimmed') === 1 ? true : undefined,
    lenient: step.named('lenient') === 1 ? true : undefined,
    decimal: wordOf(step.named('decimal')),
    thousands: wordOf(step.named('thousands')),
    text: text === 1 ? (true as const) : (texts(text) ?? undefined),
  };
  return {
    format,
    ...(separator !== undefined && { separator: separator === null ? null : String(separator) }),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** An array that was read: two dimensions become columns; more stay a block. */
export function arrayValue(
  data: Lazy<Float32Array | Float64Array>,
  shape: readonly number[],
  rows: Int32Array | null,
): Grid | Block {
  const n = shape[0] ?? 1;
  if (shape.length >= 3) return { kind: 'block', shape, data, rows };
  if (shape.length === 2) return gridFromFlat(data, n, shape[1]!, rows);
  return { ...gridFromFlat(data, n, 1, rows), flat: true };
}

const countUpRows = (from: number, n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => from + i);

/** The array of an `.npy` file, or one of an `.npz` archive by name. */
function numpyArray(step: Step, name: string, key: string | null): Value {
  const store = step.store;
  const made = store.value(JSON.stringify(['numpy', name, key]), async (access): Promise<Grid | Block> => {
    const arrays = await readNumpyArchive(await access.open(name), defaultLimits, 'array');
    const found = key === null ? [...arrays.values()][0] : arrays.get(key);
    if (!found)
      throw new DataFileError(
        `${name} has no array "${key}"; it has ${[...arrays.keys()]
          .slice(0, 12)
          .map(each => `"${each.slice(0, 40)}"`)
          .join(', ')}.`,
      );
    const size = found.shape.reduce((product, n) => product * n, 1);
    if (size > store.limits.values)
      throw new DataFileError(
        `${name}: the array "${found.name}" has ${size} values; the limit is ${store.limits.values}.`,
      );
    const rows = countUpRows(0, found.shape[0] ?? 1);
    if (found.dtype === 'str' || found.dtype === 'bytes') return vector(columnOf(await found.strings()), rows);
    return arrayValue(Lazy.of(await found.numbers()), found.shape, rows);
  });
  return counted(step, name, `${name}\0${key ?? ''}`, made);
}

/** Rows counted through all record files. */
function counted(step: Step, name: string, key: string, made: Grid | Block): Grid | Block {
  const n = made.kind === 'grid' ? made.height : made.shape[0]!;
  const offset = step.store.claim(key, name, n);
  return { ...made, rows: countUpRows(offset, n) };
}

/** Row indexes or ids in a file: one a line, JSON, or `.npy`. */
async function listFile(access: DataAccess, name: string, key: string | null): Promise<Grid> {
  const source = await access.open(name);
  if (source.size > 64 << 20) throw new DataFileError(`${name}: is larger than a list of rows may be.`);
  const text = new TextDecoder().decode(await source.read(0, source.size));
  if (/\.json$/i.test(name)) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new DataFileError(`${name}: is not valid JSON.`);
    }
    if (key !== null) value = (value as Record<string, unknown> | null)?.[key];
    if (!Array.isArray(value) || !value.every(each => typeof each === 'number' || typeof each === 'string'))
      throw new DataFileError(`${name}: has no list of rows${key === null ? '' : ` "${key}"`}.`);
    return vector(value as Cell[]);
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return vector(columnOf(lines));
}

/** Tensors saved by `torch.save`. */
async function torchTensor(access: DataAccess, name: string, key: string | null): Promise<Grid | Block> {
  const { openCheckpoint } = await import('../../checkpoints');
  const opened = await openCheckpoint(await access.open(name));
  const tensors = opened.stateDict;
  const names = tensors ? [...tensors.keys()] : [];
  const found = key === null ? (names.length === 1 ? tensors!.get(names[0]!) : undefined) : tensors?.get(key);
  if (!found) throw new DataFileError(`${name}: has no tensor${key === null ? ' of its own' : ` "${key}"`}.`);
  const values = await found.values();
  const data =
    values instanceof Float32Array || values instanceof Float64Array
      ? values
      : Float64Array.from(values as ArrayLike<number>);
  return arrayValue(Lazy.of(data), found.shape, countUpRows(0, found.shape[0] ?? 1));
}

/** Steps that read files. */
export const files: Operations = {
  table: step => {
    let table = step.store.table(step.text(0), readOptions(step));
    const wanted = step.named('usecols');
    if (wanted !== undefined && wanted !== null) {
      const cells = asCells(wanted);
      const keep = cells.every(cell => typeof cell === 'number')
        ? table.names.filter((_, i) => cells.includes(i))
        : table.names.filter(name => cells.includes(name));
      for (const cell of cells) if (typeof cell === 'string') placeOf(table, cell);
      table = pickColumns(table, listOf(keep));
    }
    const columns = step.named('columns');
    if (columns !== undefined && columns !== null) table = pickColumns(table, columns);
    const index = step.named('index_col');
    if (index !== undefined && index !== null) {
      if (!isScalar(index)) throw new ReplayError('Several columns as row labels are not replayed.');
      const at = typeof index === 'number' ? index : placeOf(table, String(index));
      const label = table.columns[at];
      if (!label) throw new ReplayError('The column of row labels is not there.');
      const keep = table.names.flatMap((_, i) => (i === at ? [] : [i]));
      return {
        ...table,
        index: label.get(),
        indexName: table.names[at] ?? null,
        names: keep.map(i => table.names[i]!),
        columns: keep.map(i => table.columns[i]!),
      };
    }
    return table;
  },
  'numpy-file': step => numpyArray(step, step.text(0), null),
  'numpy-array': step => numpyArray(step, step.text(0), step.text(1)),
  'list-file': step => {
    const [name, key] = [step.text(0), step.has(1) ? step.text(1) : null];
    return step.store.value(JSON.stringify(['list', name, key]), access => listFile(access, name, key));
  },
  'torch-file': step => {
    const [name, key] = [step.text(0), step.has(1) ? step.text(1) : null];
    const made = step.store.value(JSON.stringify(['torch', name, key]), access => torchTensor(access, name, key));
    return counted(step, name, `${name}\0${key ?? ''}`, made);
  },
  'folder-paths': step => folder(step).paths,
  'folder-classes': step => folder(step).classes,
};

/** Pictures in one folder a class, as torchvision (`ImageFolder`) or Keras list them. */
function folder(step: Step): { paths: Grid; classes: Grid } {
  const root = step.text(0);
  const style = String(literalOf(step.term.args[1]));
  const endings = style === 'keras' ? /\.(?:bmp|gif|jpe?g|png)$/i : /\.(?:jpe?g|png|ppm|bmp|pgm|tiff?|webp)$/i;
  const found = step.store.value(JSON.stringify(['folder', root]), async (access): Promise<readonly string[]> => {
    const names = await access.list(root);
    if (!names) throw new DataFileError(`${root}: there is no such folder.`);
    if (names.length > step.store.limits.files)
      throw new DataFileError(`${root}: has more than ${step.store.limits.files} files.`);
    return names;
  });
  const classes = [
    ...new Set(found.flatMap(name => (name.includes('/') ? [name.slice(0, name.indexOf('/'))] : []))),
  ].sort(byCodePoint);
  const listed = classes.flatMap((name, code) =>
    found
      .filter(each => each.startsWith(`${name}/`) && endings.test(each))
      .sort((a, b) => {
        const [x, y] = [a.lastIndexOf('/'), b.lastIndexOf('/')];
        return byCodePoint(a.slice(0, x), b.slice(0, y)) || byCodePoint(a.slice(x + 1), b.slice(y + 1));
      })
      .map(path => ({ path: `${root.replace(/\/$/, '')}/${path}`, code })),
  );
  const offset = step.store.claim(`folder ${root}`, root, listed.length);
  const rows = countUpRows(offset, listed.length);
  return {
    paths: vector(columnOf(listed.map(each => each.path)), rows),
    classes: vector(
      Float64Array.from(listed, each => each.code),
      rows,
    ),
  };
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
