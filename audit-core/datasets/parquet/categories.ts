import type { ColumnMetaData, Compressors, FileMetaData } from 'hyparquet';
import { FlatTable } from '../arrow/flatbuffer';
import { readFields } from '../arrow/schema';

const largestPage = 64 << 20;

/** Names of the columns that pandas reads as categories: pyarrow stores their type in an Arrow schema of its own beside Parquet's. */
export function categoryColumns(metadata: FileMetaData): ReadonlySet<string> {
  const text = metadata.key_value_metadata?.find(each => each.key === 'ARROW:schema')?.value;
  if (!text || text.length > 16 << 20) return new Set();
  try {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const message = FlatTable.root(bytes.subarray(bytes[0] === 0xff && bytes[3] === 0xff ? 8 : 4));
    const schema = message.table(2);
    const fields = schema ? readFields(schema) : [];
    return new Set(fields.flatMap(field => (field.dictionary ? [field.name] : [])));
  } catch {
    return new Set();
  }
}

/**
 * The texts of a column chunk's dictionary page, in its order; empty where it has none. Source: Apache Parquet, "Data Pages" (dictionary
 * page: plain encoding) and `parquet.thrift` (PageHeader).
 */
export async function dictionaryTexts(
  chunk: ColumnMetaData,
  slice: (start: number, end: number) => Promise<ArrayBuffer>,
  compressors: Compressors,
): Promise<string[]> {
  const start = Number(chunk.dictionary_page_offset ?? 0);
  const end = Number(chunk.data_page_offset);
  if (chunk.type !== 'BYTE_ARRAY' || start <= 0 || end <= start || end - start > largestPage) return [];
  const view = new DataView(await slice(start, end));
  const { deserializeTCompactProtocol } = await import('hyparquet/src/thrift.js');
  const reader = { view, offset: 0 };
  const header = deserializeTCompactProtocol(reader) as Readonly<Record<string, unknown>>;
  const [unpacked, packed] = [Number(header.field_2), Number(header.field_3)];
  if (!header.field_7 || !(packed >= 0) || reader.offset + packed > view.byteLength) return [];
  const given = new Uint8Array(view.buffer, reader.offset, packed);
  if (chunk.codec === 'UNCOMPRESSED') return plainTexts(given);
  const unpack = compressors[chunk.codec];
  return unpack ? plainTexts(await unpack(given, unpacked)) : [];
}

/** Byte arrays, each behind its length. */
function plainTexts(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const out: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.length) return [];
    out.push(decoder.decode(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return out;
}
