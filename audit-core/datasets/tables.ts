import type { ByteSource } from '../checkpoints/byte-source';
import { defaultLimits } from '../checkpoints/limits';
import type { Column, ColumnType } from './column';
import { type CsvOptions, openCsv } from './csv';
import { DataFileError } from './errors';
import type { DataLimits } from './sources';

/** How a table is to be read; what a format does not know is left out. */
export interface ReadOptions extends Partial<CsvOptions> {
  readonly format: 'csv' | 'parquet' | 'arrow' | 'json' | 'any';
}

/** One opened table: what it has, and its columns on request. */
export interface Table {
  readonly name: string;
  readonly format: string;
  readonly rows: number;
  readonly names: readonly string[];
  readonly types: readonly ColumnType[];
  /** The column of row labels, which pandas stored as such; null where rows are numbered. */
  readonly index?: { readonly name: string | null; read(): Promise<Column> } | null;
  /** Cheap enough to read all columns at once. */
  readonly isSmall: boolean;
  /** What a reader should know about the file. */
  readonly warnings: readonly string[];
  read(wanted: readonly number[]): Promise<Column[]>;
}

const small = 32 << 20;

/** Opens a table of any known format: told by its bytes, text by the options or the name. */
export async function openTable(
  source: ByteSource,
  name: string,
  options: ReadOptions,
  limits: DataLimits,
): Promise<Table> {
  const head = await source.read(0, 16);
  const starts = (text: string): boolean => [...text].every((letter, i) => head[i] === letter.charCodeAt(0));
  if (starts('PAR1')) return (await import('./parquet')).openParquet(source, name, limits);
  if (starts('ARROW1') || (head[0] === 0xff && head[1] === 0xff && head[2] === 0xff && head[3] === 0xff))
    return (await import('./arrow')).openArrow(source, name, limits);
  if (options.format === 'parquet' || options.format === 'arrow')
    throw new DataFileError(`${source.name}: is no ${options.format === 'parquet' ? 'Parquet' : 'Arrow'} file.`);
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const text = packed ? await unpacked(source) : source;
  const separator =
    options.separator !== undefined ? options.separator : /\.(?:tsv|tab)(?:\.gz)?$/i.test(name) ? '\t' : ',';
  const table = await openCsv(text, { ...options, separator, columns: limits.columns });
  const { names, rows } = table.shape;
  const usual = (options.encoding ?? null) !== null || table.shape.encoding === 'utf-8';
  return {
    name,
    format: packed ? 'csv.gz' : 'csv',
    rows,
    names,
    types: table.types,
    isSmall: text.size <= small,
    warnings: usual ? [] : [`The text is not UTF-8; it is read as ${table.shape.encoding}.`],
    read: table.read,
    ...(table.shape.hasIndex && { index: { name: null, read: table.labels } }),
  };
}

/** A table inside gzip, as pandas opens it by its name. */
async function unpacked(source: ByteSource): Promise<ByteSource> {
  const { decompress } = await import('../checkpoints/compression');
  const { bytesSource } = await import('../checkpoints/byte-source');
  if (source.size > 512 << 20) throw new DataFileError(`${source.name}: is compressed and large; unpack it first.`);
  const bytes = await decompress(await source.read(0, source.size), 'gzip', defaultLimits);
  return bytesSource(source.name, bytes);
}
