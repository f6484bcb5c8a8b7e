import type { Compressors, FileMetaData, SchemaElement } from 'hyparquet';
import type { ByteSource } from '../../checkpoints/byte-source';
import { CellBuilder } from '../cells';
import type { Column, ColumnType } from '../column';
import { DataFileError } from '../errors';
import { labelsOf, rowLabels } from '../row-labels';
import type { DataLimits } from '../sources';
import type { Table } from '../tables';
import { categoryColumns, dictionaryTexts } from './categories';
import { pagesAreSound } from './pages';

const largestFooter = 64 << 20;
const largestPage = 256 << 20;
/** A page may grow by this factor: dictionary and run-length coding of constant columns is compact. */
const growth = 5_000;

/** Opens a Parquet file: its footer only; columns are read one by one. Source of the layout: Apache Parquet's format documents. */
export async function openParquet(source: ByteSource, name: string, limits: DataLimits): Promise<Table> {
  const bad = (what: string): never => {
    throw new DataFileError(`${source.name}: ${what}.`);
  };
  const tail = await source.read(Math.max(0, source.size - 8), source.size);
  if (source.size < 12 || String.fromCharCode(...tail.subarray(4)) !== 'PAR1')
    bad('the Parquet file is cut off: its end mark is missing');
  const footer = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (footer > source.size - 12) bad('the Parquet file names a footer larger than itself');
  if (footer > largestFooter) bad(`the footer has ${footer} bytes; the limit is ${largestFooter}`);
  const { parquetMetadataAsync, parquetRead } = await import('hyparquet');
  const file = {
    byteLength: source.size,
    slice: async (start: number, end = source.size): Promise<ArrayBuffer> => {
      const from = Math.max(0, start);
      const to = Math.min(source.size, end);
      if (!(to >= from)) return bad('a part lies outside the Parquet file');
      return exact(await source.read(from, to));
    },
  };
  const metadata: FileMetaData = await parquetMetadataAsync(file).catch(() =>
    bad('the footer of the Parquet file is broken'),
  );
  const rows = Number(metadata.num_rows);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > limits.rows)
    bad(`the Parquet file says it has ${metadata.num_rows} rows; the limit is ${limits.rows}`);
  if (rows > 1_000_000 + 1000 * source.size) bad('the Parquet file says it has more rows than its size can hold');
  const groups = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (groups !== rows) bad('the parts of the Parquet file have other rows than its footer says');
  const fields = topLevel(metadata.schema);
  if (fields.length > limits.columns) bad(`has ${fields.length} columns; the limit is ${limits.columns}`);
  const labels = rowLabels(metadata.key_value_metadata?.find(each => each.key === 'pandas')?.value ?? null);
  const categories = categoryColumns(metadata);
  const columns = fields.filter(field => !labels.columns.has(field.name));
  const compressors = limited(await codecs(), bad);
  const levelsOf = async (name: string): Promise<string[]> => {
    const out: string[] = [];
    for (const group of metadata.row_groups) {
      const chunk = group.columns.find(({ meta_data: data }) => data?.path_in_schema[0] === name)?.meta_data;
      if (chunk) out.push(...(await dictionaryTexts(chunk, file.slice, compressors).catch(() => [])));
    }
    return out;
  };
  const readColumn = async (field: SchemaElement): Promise<Column> => {
    if (field.num_children) bad(`the column "${field.name.slice(0, 80)}" is nested; it is not read`);
    if (/^TIME_/.test(field.converted_type ?? '') || field.logical_type?.type === 'TIME')
      bad(`the column "${field.name.slice(0, 80)}" holds times of day; they are not read (store seconds as numbers)`);
    const builder = new CellBuilder(rows);
    const isCategory = categories.has(field.name) && typeOf(field) === 'text';
    if (isCategory) builder.levels(await levelsOf(field.name));
    const parts: { readonly from: number; readonly data: ArrayLike<unknown> }[] = [];
    try {
      for (const group of metadata.row_groups) {
        const chunk = group.columns.find(({ meta_data: data }) => data?.path_in_schema[0] === field.name)?.meta_data;
        const isOptional = field.repetition_type === 'OPTIONAL';
        if (chunk && !(await pagesAreSound(chunk, isOptional, file.slice))) throw new Error('pages say too much');
      }
      await parquetRead({
        file,
        metadata,
        columns: [field.name],
        compressors,
        geoparquet: false,
        onChunk: part => parts.push({ from: part.rowStart, data: part.columnData }),
      });
    } catch (error) {
      if (error instanceof DataFileError) throw error;
      bad(`the column "${field.name.slice(0, 80)}" is broken`);
    }
    for (const { data } of parts.sort((a, b) => a.from - b.from))
      for (let i = 0; i < data.length; i++)
        if (!builder.push(data[i]))
          bad(`the column "${field.name.slice(0, 80)}" holds values that are neither numbers nor text`);
    if (builder.size !== rows) bad(`the column "${field.name.slice(0, 80)}" has other rows than the footer says`);
    const type = typeOf(field);
    return builder.finish(type === 'text' ? 'text' : type === 'date' ? 'date' : undefined, isCategory);
  };
  return {
    name,
    format: 'parquet',
    rows,
    names: columns.map(field => field.name),
    types: columns.map(typeOf),
    isSmall: rows * columns.length <= 4_000_000,
    warnings: columns.some(field => field.num_children) ? ['Nested columns are not read.'] : [],
    read: async wanted => {
      const out: Column[] = [];
      for (const at of wanted) out.push(await readColumn(columns[at]!));
      return out;
    },
    index: labelsOf(labels, fields, rows, source.name, readColumn),
  };
}

const exact = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
};

/** Children of the root in order; a nested one keeps its `num_children`. */
function topLevel(schema: readonly SchemaElement[]): SchemaElement[] {
  const out: SchemaElement[] = [];
  const skip = (at: number): number => {
    let next = at + 1;
    for (let left = schema[at]?.num_children ?? 0; left > 0 && next < schema.length; left--) next = skip(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = skip(at)) out.push(schema[at]!);
  return out;
}

function typeOf(field: SchemaElement): ColumnType {
  const logical = field.logical_type?.type;
  if (field.type === 'BOOLEAN') return 'bool';
  if (/^(?:DATE|TIMESTAMP)/.test(field.converted_type ?? '') || logical === 'DATE' || logical === 'TIMESTAMP')
    return 'date';
  if (field.type === 'BYTE_ARRAY' || field.type === 'FIXED_LEN_BYTE_ARRAY')
    return field.converted_type === 'DECIMAL' || logical === 'FLOAT16' || logical === 'DECIMAL' ? 'float' : 'text';
  return field.type === 'INT32' || field.type === 'INT64'
    ? field.converted_type === 'DECIMAL'
      ? 'float'
      : 'int'
    : 'float';
}

async function codecs(): Promise<Compressors> {
  return (await import('hyparquet-compressors')).compressors;
}

/** Decompressors that refuse pages of absurd size before they allocate. */
function limited(from: Compressors, bad: (what: string) => never): Compressors {
  return Object.fromEntries(
    Object.entries(from).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (!(length >= 0) || length > largestPage || length > (1 << 20) + growth * input.length)
          bad('a page of the Parquet file grows beyond its limit');
        return unpack!(input, length);
      },
    ]),
  );
}
