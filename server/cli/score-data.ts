import { parse } from 'csv-parse/sync';
import type { ByteSource } from '../../audit-core/checkpoints/byte-source';
import { isNpy, type NpyArray, readNpy, readNpz } from '../../audit-core/checkpoints/npy';
import { type Cell, cellsOf } from '../../audit-core/datasets/column';
import { DataFileError } from '../../audit-core/datasets/errors';
import type { DataLimits } from '../../audit-core/datasets/sources';
import { openTable } from '../../audit-core/datasets/tables';
import type { Runtime, TableColumns, Tensor } from '../../audit-core/runtime/runtime';
import { defaultReading, type ReadingLimits } from '../workspace/configuration/limits';
import { openFile, refusal } from './inspect';
import { UsageError } from './io';

/** The rows to score: an array as the model takes it, or named columns. */
export type Rows =
  | { readonly kind: 'array'; readonly tensor: Tensor }
  | { readonly kind: 'table'; readonly columns: TableColumns };

/** Reads `--data`: the array X (or the only one) of an .npz, an .npy array, or a table. */
export async function readRows(
  path: string,
  shown: string,
  runtime: Runtime,
  { checkpoints, data }: Pick<ReadingLimits, 'checkpoints' | 'data'> = defaultReading,
): Promise<Rows> {
  const source = await openFile(path, shown);
  try {
    const head = await source.read(0, 8);
    if (isNpy(head)) return { kind: 'array', tensor: await tensorOf(await readNpy(source, 'X', checkpoints)) };
    if (head[0] === 0x50 && head[1] === 0x4b) {
      const arrays = await readNpz(source, checkpoints);
      const chosen =
        arrays.get('X') ??
        arrays.get('x') ??
        arrays.get('data') ??
        arrays.get('pixel_values') ??
        (arrays.size === 1 ? [...arrays.values()][0] : undefined);
      const tokens = chosen ? null : await tokensOf(arrays, shown);
      if (tokens) return { kind: 'array', tensor: tokens };
      if (!chosen)
        throw new UsageError(`${shown}: has no array called X; it has ${[...arrays.keys()].slice(0, 8).join(', ')}.`);
      return { kind: 'array', tensor: await tensorOf(chosen) };
    }
    if (/\.(?:csv|tsv|txt)$/i.test(path))
      return table(
        await source.read(0, Math.min(source.size, tableLimit + 1)),
        source.size,
        shown,
        runtime,
        data.columns,
      );
    if (/\.(?:parquet|pq|feather|ftr|arrow|ipc)$/i.test(path)) return await columnar(source, shown, runtime, data);
    throw new UsageError(`${shown}: is no .npz, .npy, .csv, .parquet or .feather file.`);
  } catch (error) {
    if (error instanceof DataFileError) throw new UsageError(error.message);
    throw refusal(error, shown);
  } finally {
    await source.close();
  }
}

/** Token ids, which of them count, and their types, one behind the other in each row: `[rows, kinds, length]`; null where there are none. */
async function tokensOf(arrays: ReadonlyMap<string, NpyArray>, shown: string): Promise<Tensor | null> {
  const ids = arrays.get('input_ids');
  if (!ids) return null;
  const names = ['input_ids', 'attention_mask', 'token_type_ids'];
  const given = names.filter(name => arrays.has(name));
  const parts = await Promise.all(given.map(async name => await tensorOf(arrays.get(name) ?? ids)));
  const [rows = 0, length = 0] = ids.shape;
  if (given.includes('token_type_ids') && !given.includes('attention_mask'))
    throw new UsageError(`${shown}: has token_type_ids but no attention_mask.`);
  if (parts.some(part => part.shape.length !== 2 || part.shape[0] !== rows || part.shape[1] !== length))
    throw new UsageError(`${shown}: ${given.join(', ')} are not tables of one shape.`);
  if (parts.length === 1) return parts[0] ?? null;
  const data = new Float64Array(rows * parts.length * length);
  for (const [at, part] of parts.entries())
    for (let row = 0; row < rows; row++)
      data.set(
        Array.from(part.data.subarray(row * length, (row + 1) * length) as ArrayLike<number | bigint>, Number),
        (row * parts.length + at) * length,
      );
  return { data, shape: [rows, parts.length, length] };
}

/** Largest table that is scored in one piece. */
const tableLimit = 512 << 20;
/** The same for formats that are packed. */
const valuesLimit = 50_000_000;

/** How many fields the first record has, by its bytes. */
function firstFields(bytes: Uint8Array, delimiter: number): number {
  let fields = 1;
  let quoted = false;
  for (const byte of bytes) {
    if (byte === 34) quoted = !quoted;
    else if (!quoted && byte === delimiter) fields++;
    else if (!quoted && (byte === 10 || byte === 13)) break;
  }
  return fields;
}

/** A CSV with a header. */
function table(bytes: Uint8Array, size: number, shown: string, runtime: Runtime, mostColumns: number): Rows {
  if (size > tableLimit)
    throw new UsageError(`${shown}: is larger than ${tableLimit >> 20} MB; give the rows in parts.`);
  const width = firstFields(bytes, shown.endsWith('.tsv') ? 9 : 44);
  // Beyond the limit the names alone would take the memory.
  if (width > mostColumns)
    throw new UsageError(`${shown}: has ${width} columns; the limit is ${mostColumns} (limits.data-columns).`);
  let rows: string[][];
  try {
    rows = parse(new TextDecoder().decode(bytes), {
      bom: true,
      delimiter: shown.endsWith('.tsv') ? '\t' : ',',
      skip_empty_lines: true,
    });
  } catch (error) {
    throw new UsageError(
      `${shown}: is no valid CSV (${error instanceof Error && 'code' in error ? String(error.code) : 'broken'}).`,
    );
  }
  const [header, ...body] = rows;
  if (!header || body.length === 0) throw new UsageError(`${shown}: has no rows.`);
  const columns = new Map(header.map((name, index) => [name, body.map(row => cell(row[index] ?? ''))] as const));
  return chosen(columns, body.length, shown, runtime);
}

/** A Parquet, Feather or Arrow table; what pandas stored as row labels is no column. */
async function columnar(source: ByteSource, shown: string, runtime: Runtime, limits: DataLimits): Promise<Rows> {
  const { rows, names, types, read } = await openTable(source, shown, { format: 'any' }, limits);
  if (rows === 0) throw new UsageError(`${shown}: has no rows.`);
  if (rows * names.length > valuesLimit)
    throw new UsageError(`${shown}: has more than ${valuesLimit / 1e6} million values; give the rows in parts.`);
  const columns = await read(names.map((_, at) => at));
  const cells = (at: number): Cell[] => {
    const all = cellsOf(columns[at]!);
    return types[at] === 'date' ? all.map(dateText) : all;
  };
  return chosen(new Map(names.map((name, at) => [name, cells(at)] as const)), rows, shown, runtime);
}

/** A date is no number that a model takes. Milliseconds beyond what a date can hold are missing. */
const dateText = (value: Cell): Cell =>
  typeof value === 'number' ? (Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : null) : value;

/** All columns by name where the model selects by name, else the numeric ones but for the usual labels. */
function chosen(columns: ReadonlyMap<string, Cell[]>, height: number, shown: string, runtime: Runtime): Rows {
  const wanted = runtime.inputs[0]?.shape.at(-1) ?? -1;
  const numeric = [...columns].filter(
    ([name, values]) =>
      values.every(value => typeof value !== 'string') && !/^(?:label|target|y|member|members)$/i.test(name),
  );
  const single = runtime.inputs.length === 1 && (wanted <= 1 ? numeric.length > 0 : numeric.length === wanted);
  if (runtime.predictTable && !(single && numeric.length === columns.size)) return { kind: 'table', columns };
  if (!single)
    throw new UsageError(
      `${shown}: has ${numeric.length} numeric columns, but the model wants ${wanted} numbers a row. Keep only the model's features.`,
    );
  const data = new Float32Array(height * numeric.length);
  for (const [index, [, values]] of numeric.entries())
    for (const [row, value] of values.entries())
      data[row * numeric.length + index] = typeof value === 'number' ? value : Number.NaN;
  return { kind: 'array', tensor: { data, shape: [height, numeric.length] } };
}

function cell(text: string): string | number | null {
  const trimmed = text.trim();
  if (trimmed === '' || /^(?:na|nan|null)$/i.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isNaN(value) ? text : value;
}

async function tensorOf(array: NpyArray): Promise<Tensor> {
  const values = await array.values();
  return { data: values, shape: array.shape.length === 1 ? [array.shape[0] ?? 0, 1] : array.shape };
}
