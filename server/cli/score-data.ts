import { parse } from 'csv-parse/sync';
import { defaultLimits } from '../../audit-core/checkpoints/limits';
import { isNpy, type NpyArray, readNpy, readNpz } from '../../audit-core/checkpoints/npy';
import type { Runtime, TableColumns, Tensor } from '../../audit-core/runtime/runtime';
import { openFile, refusal } from './inspect';
import { UsageError } from './io';

/** The rows to score: an array as the model takes it, or named columns. */
export type Rows =
  | { readonly kind: 'array'; readonly tensor: Tensor }
  | { readonly kind: 'table'; readonly columns: TableColumns };

/** Reads `--data`: the array X (or the only one) of an .npz, an .npy array, or a table. */
export async function readRows(path: string, shown: string, runtime: Runtime): Promise<Rows> {
  const source = await openFile(path, shown);
  try {
    const head = await source.read(0, 8);
    if (isNpy(head)) return { kind: 'array', tensor: await tensorOf(await readNpy(source, 'X', defaultLimits)) };
    if (head[0] === 0x50 && head[1] === 0x4b) {
      const arrays = await readNpz(source, defaultLimits);
      const chosen =
        arrays.get('X') ??
        arrays.get('x') ??
        arrays.get('data') ??
        (arrays.size === 1 ? [...arrays.values()][0] : undefined);
      if (!chosen)
        throw new UsageError(`${shown}: has no array called X; it has ${[...arrays.keys()].slice(0, 8).join(', ')}.`);
      return { kind: 'array', tensor: await tensorOf(chosen) };
    }
    if (/\.(?:csv|tsv|txt)$/i.test(path))
      return table(await source.read(0, Math.min(source.size, tableLimit + 1)), source.size, shown, runtime);
    throw new UsageError(`${shown}: is no .npz, .npy or .csv file.`);
  } catch (error) {
    throw refusal(error, shown);
  } finally {
    await source.close();
  }
}

/** Largest table that is scored in one piece. */
const tableLimit = 512 << 20;

/** A CSV with a header: all columns by name where the model selects by name, else its numeric columns but for the usual labels. */
function table(bytes: Uint8Array, size: number, shown: string, runtime: Runtime): Rows {
  if (size > tableLimit)
    throw new UsageError(`${shown}: is larger than ${tableLimit >> 20} MB; give the rows in parts.`);
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
  const data = new Float32Array(body.length * numeric.length);
  for (const [index, [, values]] of numeric.entries())
    for (const [row, value] of values.entries())
      data[row * numeric.length + index] = typeof value === 'number' ? value : Number.NaN;
  return { kind: 'array', tensor: { data, shape: [body.length, numeric.length] } };
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
