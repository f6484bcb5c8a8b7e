import type { ByteSource } from '../../checkpoints/byte-source';
import { DataFileError } from '../errors';

const chunk = 1 << 22;
const longestRecord = 1 << 24;
const most = 1_000_000;

/** One record of a delimited file: field i is `bytes[starts[i], ends[i])`, quotes still in it where `quoted[i]` is set. */
export interface CsvRecord {
  readonly bytes: Uint8Array;
  fields: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly quoted: Uint8Array;
  /** 1-based number of the record in the file, empty lines and those left out included. */
  line: number;
}

const [quote, newline, carriage, space, tab] = [34, 10, 13, 32, 9];

/** How records are told apart, in bytes. */
export interface Layout {
  /** Between two fields; null: any run of spaces and tabs. */
  readonly separator: number | null;
  /** What follows it on a line is not read. */
  readonly comment?: number | null;
  /** Spaces behind a separator are no part of the field. */
  readonly trimmed?: boolean;
}

/**
 * Reads a delimited file record by record as RFC 4180 and pandas' C parser do: quotes, doubled quotes, line breaks in quotes, LF, CRLF or
 * CR, lines of nothing but spaces skipped. Bytes are kept as they are; memory holds one part of the file and one record.
 */
export async function readRecords(
  source: ByteSource,
  layout: Layout,
  take: (record: CsvRecord) => boolean,
): Promise<void> {
  const runs = layout.separator === null;
  const separator = layout.separator ?? space;
  const comment = layout.comment ?? -1;
  const trimmed = layout.trimmed === true || runs;
  let starts = new Int32Array(1024);
  let ends = new Int32Array(1024);
  let quoted = new Uint8Array(1024);
  let buffer: Uint8Array = new Uint8Array(0);
  let filled = 0;
  let read = 0;
  let at = 0;
  let line = 0;
  const refill = async (from: number): Promise<boolean> => {
    const rest = filled - from;
    if (rest > longestRecord) throw new DataFileError(`${source.name}: the record at line ${line + 1} does not end.`);
    if (read >= source.size) return false;
    const more = await source.read(read, Math.min(source.size, read + chunk));
    if (more.length === 0) throw new DataFileError(`${source.name}: the file became shorter while it was read.`);
    const joined = new Uint8Array(rest + more.length);
    joined.set(buffer.subarray(from, filled));
    joined.set(more, rest);
    buffer = joined;
    filled = joined.length;
    read += more.length;
    return true;
  };
  await refill(0);
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) at = 3;
  for (;;) {
    const begin = at;
    let fields = 0;
    let inside = false;
    let hasQuote = 0;
    let from = at;
    let i = at;
    let ended = false;
    // Where the text of a line ends before the line does.
    let until = -1;
    for (; i < filled; i++) {
      const byte = buffer[i]!;
      if (inside) {
        if (byte === quote) inside = false;
        continue;
      }
      if (byte === newline || byte === carriage || (until < 0 && (byte === separator || (runs && byte === tab)))) {
        if (byte === carriage && i + 1 === filled && read < source.size) break;
        const end = until < 0 ? i : until;
        if (trimmed && from === end && (byte === separator || byte === tab)) {
          // Spaces before a field; where they are the separator, also those after the last one.
          if (runs || byte === space) {
            from = i + 1;
            continue;
          }
        }
        if (fields === starts.length) {
          if (fields >= most) throw new DataFileError(`${source.name}: line ${line + 1} has more than ${most} fields.`);
          [starts, ends, quoted] = [
            grown(starts),
            grown(ends),
            Uint8Array.from({ length: 2 * fields }, (_, f) => quoted[f] ?? 0),
          ];
        }
        // A run of spaces before the end of the line is no further field.
        if (!(runs && from === end && fields > 0)) {
          starts[fields] = from;
          ends[fields] = end;
          quoted[fields++] = hasQuote;
        }
        hasQuote = 0;
        from = i + 1;
        if (byte === newline || byte === carriage) {
          ended = true;
          if (byte === carriage && buffer[i + 1] === newline) from = ++i + 1;
          break;
        }
      } else if (until >= 0) {
        // The rest of a comment.
      } else if (byte === comment) until = i;
      else if (trimmed && byte === space && i === from) from = i + 1;
      else if (byte === quote && (i === from || hasQuote === 1)) {
        // A quote opens a field at its start only; a second one after a closed one is a doubled quote.
        inside = true;
        hasQuote = 1;
      }
    }
    if (!ended) {
      if (await refill(begin)) {
        at = 0;
        continue;
      }
      if (inside)
        throw new DataFileError(`${source.name}: a quote that opens in the record at line ${line + 1} is not closed.`);
      if (begin >= filled) return;
      const end = until < 0 ? filled : until;
      if (!(runs && from >= end && fields > 0)) {
        starts[fields] = Math.min(from, end);
        ends[fields] = end;
        quoted[fields++] = hasQuote;
      }
      from = filled;
    }
    at = from;
    line++;
    const blank = fields === 1 && quoted[0] === 0 && isBlank(buffer, starts[0]!, ends[0]!);
    if (!blank && !take({ bytes: buffer, fields, starts, ends, quoted, line })) return;
  }
}

const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
  const bigger = new Int32Array(2 * old.length);
  bigger.set(old);
  return bigger;
};

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== space && bytes[i] !== tab) return false;
  return true;
}

/** The bytes of a field without its quotes, doubled quotes made single. */
export function fieldBytes(record: CsvRecord, i: number): Uint8Array {
  const raw = record.bytes.subarray(record.starts[i]!, record.ends[i]!);
  if (record.quoted[i] !== 1) return raw;
  const out = new Uint8Array(raw.length);
  let n = 0;
  let inside = false;
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at]!;
    if (byte === quote) {
      if (!inside) {
        // The opening quote, or the second of a doubled one.
        if (at > 0 && raw[at - 1] === quote) out[n++] = quote;
        inside = true;
      } else inside = false;
    } else out[n++] = byte;
  }
  return out.subarray(0, n);
}
