import type { ByteSource } from '../../audit-core/checkpoints/byte-source';
import { defaultLimits } from '../../audit-core/checkpoints/limits';
import type { Column } from '../../audit-core/datasets/column';
import { type NumpyArray, readNumpyArchive } from '../../audit-core/datasets/npy';
import { defaultDataLimits } from '../../audit-core/datasets/sources';
import { openTable } from '../../audit-core/datasets/tables';
import { distinctLimit, type TableCounts } from './csv-scan';

/** Keys of longer tables are not counted without being asked to: a column of them would take gigabytes. */
const mostKeyedRows = 20_000_000;

/**
 * Counts of a Parquet, Feather or Arrow file or of numpy arrays. Rows and columns come from the file's own description; only columns that
 * may tell people apart are read. null where an archive's arrays have different lengths, so that there is no one number of rows.
 * Rejects on files that are none or are broken.
 */
export async function countColumnar(
  source: ByteSource,
  isKey: (column: string) => boolean,
): Promise<TableCounts | null> {
  if (/\.np[yz]$/i.test(source.name)) return countArrays(await readNumpyArchive(source, defaultLimits), isKey);
  const table = await openTable(source, source.name, { format: 'any' }, defaultDataLimits);
  const { rows, names } = table;
  const keys: Record<string, TableCounts['keys'][string]> = {};
  if (rows > mostKeyedRows) return { rows, columns: names, keys };
  for (const [at, name] of names.entries()) {
    if (!isKey(name)) continue;
    const [column] = await table.read([at]);
    const counted = column && peopleIn(values(column));
    if (counted) keys[name] = counted;
  }
  const label = table.index?.name ?? null;
  const counted = table.index && label !== null && isKey(label) ? peopleIn(values(await table.index.read())) : null;
  if (label !== null && counted) keys[label] = counted;
  return { rows, columns: names, keys };
}

async function countArrays(
  arrays: ReadonlyMap<string, NumpyArray>,
  isKey: (column: string) => boolean,
): Promise<TableCounts | null> {
  const lengths = new Set([...arrays.values()].flatMap(({ shape }) => shape.slice(0, 1)));
  const [rows] = lengths;
  if (rows === undefined || lengths.size > 1) return null;
  const keys: Record<string, TableCounts['keys'][string]> = {};
  for (const [name, array] of arrays) {
    if (!isKey(name) || array.shape.length !== 1 || rows > mostKeyedRows) continue;
    const isText = array.dtype === 'str' || array.dtype === 'bytes';
    const counted = peopleIn(isText ? await array.strings() : await array.numbers());
    if (counted) keys[name] = counted;
  }
  // Arrays have no column names.
  return { rows, columns: [], keys };
}

/** The values that are present; texts as their codes, which tell them apart as well. */
function* values({ data, levels }: Column): Generator<number> {
  for (const value of data) if (levels ? value >= 0 : !Number.isNaN(value)) yield value;
}

/** null where there are more people than anybody reports by. */
function peopleIn(present: Iterable<number | string>): TableCounts['keys'][string] | null {
  const records = new Map<number | string, number>();
  let maxRecords = 0;
  for (const value of present) {
    if (value === '' || Number.isNaN(value)) continue;
    const count = (records.get(value) ?? 0) + 1;
    records.set(value, count);
    if (count > maxRecords) maxRecords = count;
    if (records.size > distinctLimit) return null;
  }
  return { people: records.size, maxRecords };
}
