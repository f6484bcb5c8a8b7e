import type { ByteSource } from '../../checkpoints/byte-source';
import { CellBuilder } from '../cells';
import type { Column } from '../column';
import { DataFileError } from '../errors';
import type { DataLimits } from '../sources';
import type { Table } from '../tables';
import { broken, FlatTable } from './flatbuffer';
import { unpackLz4Frames } from './lz4';
import { type ArrowField, columnType, ownBuffers, readFields, schemaNote } from './schema';
import { valuesOf } from './values';

const largestMessage = 16 << 20;
const largestBuffer = 512 << 20;
const growth = 2_000;

interface Batch {
  readonly length: number;
  readonly buffers: readonly (readonly [number, number])[];
  readonly nodes: readonly (readonly [number, number])[];
  /** −1: not compressed; 0: LZ4 frames; 1: Zstandard. */
  readonly codec: number;
  readonly body: number;
  readonly bodyLength: number;
}

/**
 * Opens an Arrow IPC stream or file (Feather version 2, Hugging Face data sets): schema and the places of the batches; columns are read on
 * request. Source: Arrow columnar format, "Serialization and Interprocess Communication".
 */
export async function openArrow(source: ByteSource, name: string, limits: DataLimits): Promise<Table> {
  try {
    return await open(source, name, limits);
  } catch (error) {
    if (error instanceof DataFileError && !error.message.startsWith(source.name))
      throw new DataFileError(`${source.name}: ${error.message.replace(/^./, letter => letter.toLowerCase())}`);
    throw error;
  }
}

async function open(source: ByteSource, name: string, limits: DataLimits): Promise<Table> {
  const { fields, batches, dictionaries, index } = await messages(source);
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
  if (rows > limits.rows) throw new DataFileError(`The file has ${rows} rows; the limit is ${limits.rows}.`);
  if (fields.length > limits.columns)
    throw new DataFileError(`The file has ${fields.length} columns; the limit is ${limits.columns}.`);
  const places = buffersBefore(fields);
  const columns = fields.flatMap((field, at) => (index.has(field.name) ? [] : [{ field, at }]));
  return {
    name,
    format: 'arrow',
    rows,
    names: columns.map(({ field }) => field.name),
    types: columns.map(({ field }) => (field.dictionary ? 'text' : (columnType(field) ?? 'text'))),
    isSmall: rows * columns.length <= 4_000_000,
    warnings: columns.some(({ field }) => columnType(field) === null) ? ['Nested columns are not read.'] : [],
    read: async wanted => {
      const out: Column[] = [];
      for (const i of wanted) {
        const { field, at } = columns[i]!;
        if (columnType(field) === null)
          throw new DataFileError(`The column "${field.name.slice(0, 80)}" is nested or binary; it is not read.`);
        out.push(await readColumn(source, field, places[at]!, batches, dictionaries, rows));
      }
      return out;
    },
  };
}

async function readColumn(
  source: ByteSource,
  field: ArrowField,
  first: number,
  batches: readonly Batch[],
  dictionaries: ReadonlyMap<number, readonly Batch[]>,
  rows: number,
): Promise<Column> {
  const builder = new CellBuilder(rows);
  const levels = field.dictionary
    ? await readDictionary(source, field, dictionaries.get(field.dictionary.id) ?? [])
    : null;
  for (const batch of batches) {
    const buffers = await fieldBuffers(source, batch, first, ownBuffers(field));
    for (const value of valuesOf(field, buffers, batch.length))
      if (!builder.push(levels && value !== null ? (levels[Number(value)] ?? broken()) : value)) broken();
  }
  const type = columnType(field);
  return builder.finish(type === 'text' ? 'text' : type === 'date' ? 'date' : undefined);
}

async function readDictionary(source: ByteSource, field: ArrowField, batches: readonly Batch[]): Promise<unknown[]> {
  const plain = { ...field, dictionary: null };
  const out: unknown[] = [];
  for (const batch of batches) {
    const buffers = await fieldBuffers(source, batch, 0, ownBuffers(plain));
    for (const value of valuesOf(plain, buffers, batch.length)) out.push(value);
  }
  return out;
}

async function fieldBuffers(source: ByteSource, batch: Batch, first: number, count: number): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for (let i = first; i < first + count; i++) {
    const [offset, length] = batch.buffers[i] ?? broken();
    if (offset < 0 || length < 0 || offset + length > batch.bodyLength || length > largestBuffer) broken();
    const bytes = await source.read(batch.body + offset, batch.body + offset + length);
    if (bytes.length !== length) broken();
    out.push(batch.codec < 0 || length === 0 ? bytes : await unpacked(bytes, batch.codec));
  }
  return out;
}

async function unpacked(bytes: Uint8Array, codec: number): Promise<Uint8Array> {
  if (bytes.length < 8) broken();
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
  const packed = bytes.subarray(8);
  if (size === -1) return packed;
  if (size < 0 || size > largestBuffer || size > (1 << 20) + growth * packed.length)
    throw new DataFileError('A compressed part grows beyond its limit.');
  if (codec === 0) return unpackLz4Frames(packed, size);
  const { decompressZstd } = await import('hyparquet-compressors');
  let made: Uint8Array;
  try {
    made = decompressZstd(packed, new Uint8Array(size));
  } catch {
    return broken();
  }
  return made.length === size ? made : broken();
}

/** Number of buffers in front of each top-level field. */
function buffersBefore(fields: readonly ArrowField[]): number[] {
  const all = (field: ArrowField): number => {
    const own = ownBuffers(field);
    if (own < 0) throw new DataFileError('The file uses a column layout that is not read.');
    return own + (field.dictionary ? 0 : field.children.reduce((sum, child) => sum + all(child), 0));
  };
  let at = 0;
  return fields.map(field => {
    const before = at;
    at += all(field);
    return before;
  });
}

async function messages(source: ByteSource) {
  const head = await source.read(0, 8);
  let at = head[0] === 0x41 ? 8 : 0;
  let fields: readonly ArrowField[] | null = null;
  let index = new Set<string>();
  const batches: Batch[] = [];
  const dictionaries = new Map<number, Batch[]>();
  while (at + 8 <= source.size) {
    const mark = new DataView((await source.read(at, at + 8)).slice().buffer);
    const marked = mark.getUint32(0, true) === 0xffffffff;
    const length = mark.getInt32(marked ? 4 : 0, true);
    const start = at + (marked ? 8 : 4);
    if (length === 0) break;
    if (length < 0 || length > largestMessage || start + length > source.size) broken();
    const message = FlatTable.root((await source.read(start, start + length)).slice());
    const header = message.table(2);
    const kind = message.byte(1);
    const bodyLength = message.long(3);
    const body = start + length;
    if (!header || bodyLength < 0 || body + bodyLength > source.size) broken();
    if (kind === 1 && header) {
      if (header.short(0) !== 0) throw new DataFileError('The file has big-endian numbers; they are not read.');
      fields ??= readFields(header);
      index = indexColumns(schemaNote(header, 'pandas'));
    } else if (kind === 2 && header) {
      const data = header.table(1) ?? broken();
      const id = header.long(0);
      const isDelta = header.byte(2) === 1;
      dictionaries.set(id, [...(isDelta ? (dictionaries.get(id) ?? []) : []), batchOf(data, body, bodyLength)]);
    } else if (kind === 3 && header) batches.push(batchOf(header, body, bodyLength));
    at = body + bodyLength;
  }
  if (!fields) throw new DataFileError('The Arrow file has no schema.');
  return { fields, batches, dictionaries, index };
}

function batchOf(batch: FlatTable, body: number, bodyLength: number): Batch {
  const compression = batch.table(3);
  const length = batch.long(0);
  // Each row takes a bit at least, but for columns of nothing.
  if (length < 0 || length > 8 * largestBuffer) broken();
  const buffers = batch.pairs(2);
  if (length > 1_000_000 && length > (bodyLength + 1) * 8 * growth) broken();
  return { length, nodes: batch.pairs(1), buffers, codec: compression ? compression.byte(0) : -1, body, bodyLength };
}

function indexColumns(text: string | null): Set<string> {
  if (!text) return new Set();
  try {
    const { index_columns: columns } = JSON.parse(text) as { index_columns?: unknown };
    return new Set(Array.isArray(columns) ? columns.filter(each => typeof each === 'string') : []);
  } catch {
    return new Set();
  }
}
