import type { ByteSource } from '../../checkpoints/byte-source';
import { CellBuilder } from '../cells';
import type { Column } from '../column';
import { DataFileError } from '../errors';
import { labelsOf, type RowLabels, rowLabels } from '../row-labels';
import type { DataLimits } from '../sources';
import type { Table } from '../tables';
import { broken, FlatTable } from './flatbuffer';
import { unpackLz4Frames } from './lz4';
import { type ArrowField, columnType, isView, ownBuffers, readFields, schemaNote } from './schema';
import { valuesOf } from './values';

const largestMessage = 16 << 20;
const largestBuffer = 512 << 20;
const growth = 2_000;

interface Batch {
  readonly length: number;
  readonly buffers: readonly (readonly [number, number])[];
  /** Of each column of views, how many buffers of parts it has. */
  readonly parts: readonly number[];
  /** The dictionaries that were in force when the batch was written. */
  readonly dictionaries: Dictionaries;
  /** −1: not compressed; 0: LZ4 frames; 1: Zstandard. */
  readonly codec: number;
  readonly body: number;
  readonly bodyLength: number;
}

type Dictionaries = ReadonlyMap<number, readonly Batch[]>;

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
  const { fields, batches, labels } = await messages(source);
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
  if (rows > limits.rows) throw new DataFileError(`The file has ${rows} rows; the limit is ${limits.rows}.`);
  if (fields.length > limits.columns)
    throw new DataFileError(`The file has ${fields.length} columns; the limit is ${limits.columns}.`);
  const places = placesIn(fields);
  const all = fields.map((field, at) => ({ name: field.name, field, at }));
  const columns = all.filter(({ name: column }) => !labels.columns.has(column));
  const read = async ({ field, at }: (typeof all)[number]): Promise<Column> => {
    const shown = field.name.slice(0, 80);
    if (columnType(field) === null)
      throw new DataFileError(
        `The column "${shown}" is nested, binary or a span of time; it is not read (store it as numbers or text).`,
      );
    if (field.dictionary && columnType(field) !== 'text')
      throw new DataFileError(`The column "${shown}" is a category of numbers; it is not read (store the numbers).`);
    return await readColumn(source, field, batch => places(batch)[at]!, batches, rows);
  };
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
      for (const i of wanted) out.push(await read(columns[i]!));
      return out;
    },
    index: labelsOf(labels, all, rows, source.name, read),
  };
}

async function readColumn(
  source: ByteSource,
  field: ArrowField,
  place: (batch: Batch) => Place,
  batches: readonly Batch[],
  rows: number,
): Promise<Column> {
  const builder = new CellBuilder(rows);
  const type = columnType(field);
  const known = new Map<readonly Batch[], unknown[]>();
  for (const batch of batches) {
    let levels: unknown[] | null = null;
    if (field.dictionary) {
      const parts = batch.dictionaries.get(field.dictionary.id) ?? [];
      levels = known.get(parts) ?? (await readDictionary(source, field, parts));
      if (!known.has(parts)) builder.levels(levels.filter(level => typeof level === 'string'));
      known.set(parts, levels);
    }
    const buffers = await fieldBuffers(source, batch, place(batch));
    for (const value of valuesOf(field, buffers, batch.length)) {
      // A level may be missing as well.
      const level = levels && value !== null ? levels[Number(value)] : value;
      if (level === undefined || !builder.push(level)) broken();
    }
  }
  return builder.finish(type === 'text' ? 'text' : type === 'date' ? 'date' : undefined, field.dictionary !== null);
}

async function readDictionary(source: ByteSource, field: ArrowField, batches: readonly Batch[]): Promise<unknown[]> {
  const plain = { ...field, dictionary: null };
  const out: unknown[] = [];
  for (const batch of batches) {
    const buffers = await fieldBuffers(source, batch, placesIn([plain])(batch)[0]!);
    for (const value of valuesOf(plain, buffers, batch.length)) out.push(value);
  }
  return out;
}

/** Where a column's buffers are among those of its batch. */
interface Place {
  readonly first: number;
  readonly count: number;
}

async function fieldBuffers(source: ByteSource, batch: Batch, { first, count }: Place): Promise<Uint8Array[]> {
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

/** The buffers of each top-level field; in batches with views their number differs. */
function placesIn(fields: readonly ArrowField[]): (batch: Batch) => readonly Place[] {
  const made = (parts: readonly number[]): Place[] => {
    let views = 0;
    const own = (field: ArrowField): number => {
      const count = ownBuffers(field);
      if (count < 0) throw new DataFileError('The file uses a column layout that is not read; save it as Parquet.');
      return count + (isView(field) ? (parts[views++] ?? broken()) : 0);
    };
    const all = (field: ArrowField): number =>
      field.dictionary ? 0 : field.children.reduce((sum, child) => sum + own(child) + all(child), 0);
    let at = 0;
    return fields.map(field => {
      const place = { first: at, count: own(field) };
      at += place.count + all(field);
      return place;
    });
  };
  let usual: Place[] | null = null;
  return batch => {
    if (batch.parts.length > 0) return made(batch.parts);
    usual ??= made([]);
    return usual;
  };
}

interface Contents {
  readonly fields: readonly ArrowField[];
  readonly batches: readonly Batch[];
  readonly labels: RowLabels;
}

/** Everything that the messages of a stream or a file describe; no value is read. */
async function messages(source: ByteSource): Promise<Contents> {
  const head = await source.read(0, 8);
  const reader = new MessageReader(source);
  if (head[0] === 0x41) await readFile(source, reader);
  else for (let at = 0; at + 8 <= source.size; ) at = await reader.message(at);
  return reader.contents();
}

/** A file's own list of its parts stands at its end; the schema is repeated there, and need not stand anywhere else. */
async function readFile(source: ByteSource, reader: MessageReader): Promise<void> {
  const tail = (await source.read(Math.max(0, source.size - 10), source.size)).slice();
  if (tail.length < 10 || String.fromCharCode(...tail.subarray(4)) !== 'ARROW1')
    throw new DataFileError('The Arrow file is cut off: its end mark is missing.');
  const length = new DataView(tail.buffer).getInt32(0, true);
  if (length <= 0 || length > largestMessage || length + 18 > source.size) broken();
  const footer = FlatTable.root((await source.read(source.size - 10 - length, source.size - 10)).slice());
  reader.schema(footer.table(1) ?? broken());
  for (const at of [...footer.blocks(2), ...footer.blocks(3)]) await reader.message(at);
}

class MessageReader {
  private fields: readonly ArrowField[] | null = null;
  private labels: RowLabels = rowLabels(null);
  private readonly batches: Batch[] = [];
  private dictionaries: Dictionaries = new Map();

  constructor(private readonly source: ByteSource) {}

  contents(): Contents {
    const { fields, batches, labels } = this;
    if (!fields) throw new DataFileError('The Arrow file has no schema.');
    return { fields, batches, labels };
  }

  schema(header: FlatTable): void {
    if (header.short(0) !== 0) throw new DataFileError('The file has big-endian numbers; they are not read.');
    this.fields ??= readFields(header);
    this.labels = rowLabels(schemaNote(header, 'pandas'));
  }

  /** Takes in the message at a place; answers with the next one's, beyond the end where there is none. */
  async message(at: number): Promise<number> {
    const { source, dictionaries } = this;
    if (at < 0 || at + 8 > source.size) broken();
    const mark = new DataView((await source.read(at, at + 8)).slice().buffer);
    const marked = mark.getUint32(0, true) === 0xffffffff;
    const length = mark.getInt32(marked ? 4 : 0, true);
    const start = at + (marked ? 8 : 4);
    if (length === 0) return source.size;
    if (length < 0 || length > largestMessage || start + length > source.size) broken();
    const message = FlatTable.root((await source.read(start, start + length)).slice());
    const header = message.table(2) ?? broken();
    const kind = message.byte(1);
    const bodyLength = message.long(3);
    const body = start + length;
    if (bodyLength < 0 || body + bodyLength > source.size) broken();
    if (kind === 1) this.schema(header);
    else if (kind === 2) {
      const id = header.long(0);
      const isDelta = header.byte(2) === 1;
      const part = batchOf(header.table(1) ?? broken(), body, bodyLength, dictionaries);
      this.dictionaries = new Map(dictionaries).set(id, [...(isDelta ? (dictionaries.get(id) ?? []) : []), part]);
    } else if (kind === 3) this.batches.push(batchOf(header, body, bodyLength, dictionaries));
    return body + bodyLength;
  }
}

function batchOf(batch: FlatTable, body: number, bodyLength: number, dictionaries: Dictionaries): Batch {
  const compression = batch.table(3);
  const length = batch.long(0);
  // Each row takes a bit at least, but for columns of nothing.
  if (length < 0 || length > 8 * largestBuffer) broken();
  const buffers = batch.pairs(2);
  if (length > 1_000_000 && length > (bodyLength + 1) * 8 * growth) broken();
  const parts = batch.longs(4);
  const codec = compression ? compression.byte(0) : -1;
  return { length, buffers, parts, dictionaries, codec, body, bodyLength };
}
