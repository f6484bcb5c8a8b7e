import type { ColumnMetaData } from 'hyparquet';

const largestChunk = 512 << 20;
const [dataPage, dataPageV2] = [0, 3];

/**
 * Whether the pages of a flat column's chunk hold no more values than they say. The library that decodes them fills a run of any length that
 * the bytes name, two thousand million values too; levels that lie open (version 2, and version 1 uncompressed) are therefore walked first.
 * Compressed levels of version 1 are not seen here. Source: Apache Parquet, "Data Pages" and "Run Length Encoding / Bit-Packing Hybrid".
 */
export async function pagesAreSound(
  chunk: ColumnMetaData,
  isOptional: boolean,
  slice: (start: number, end: number) => Promise<ArrayBuffer>,
): Promise<boolean> {
  const dictionary = Number(chunk.dictionary_page_offset ?? 0);
  const start = dictionary > 0 ? dictionary : Number(chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  if (!(start > 0) || !(length >= 0) || length > largestChunk) return false;
  const bytes = new Uint8Array(await slice(start, start + length));
  const { deserializeTCompactProtocol } = await import('hyparquet/src/thrift.js');
  const reader = { view: new DataView(bytes.buffer), offset: 0 };
  let left = Number(chunk.num_values);
  while (reader.offset < bytes.length && left > 0) {
    const header = deserializeTCompactProtocol(reader) as Readonly<Record<string, unknown>>;
    const body = bytes.subarray(reader.offset);
    const packed = Number(header.field_3);
    if (!(packed >= 0) || packed > body.length) return false;
    const page = (
      header.field_1 === dataPage ? header.field_5 : header.field_1 === dataPageV2 ? header.field_8 : null
    ) as Readonly<Record<string, unknown>> | null | undefined;
    if (page) {
      const values = Number(page.field_1);
      if (!(values >= 0) || values > left) return false;
      left -= values;
      if (isOptional && !levelsFit(header.field_1 === dataPage, page, body.subarray(0, packed), values, chunk.codec))
        return false;
    }
    reader.offset += packed;
  }
  return true;
}

function levelsFit(
  isFirst: boolean,
  page: Readonly<Record<string, unknown>>,
  body: Uint8Array,
  values: number,
  codec: string,
): boolean {
  if (!isFirst)
    return runsFit(body.subarray(Number(page.field_6), Number(page.field_6) + Number(page.field_5)), values);
  if (codec !== 'UNCOMPRESSED') return true;
  if (body.length < 4) return values === 0;
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0, true);
  return runsFit(body.subarray(4, 4 + length), values);
}

/** Runs of levels of one bit: none may go beyond the page's values; a bit-packed one is padded to eight. */
function runsFit(bytes: Uint8Array, values: number): boolean {
  let seen = 0;
  let at = 0;
  while (seen < values) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) return false;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const count = Math.floor(header / 2);
    if (count === 0) return false;
    if (header % 2 === 1) {
      at += count;
      seen += 8 * count;
    } else {
      at += 1;
      seen += count;
      if (seen > values) return false;
    }
  }
  return true;
}
