import { type ByteSource, bytesSource } from '../../checkpoints/byte-source';
import { type Column, Lazy } from '../column';
import { DataFileError } from '../errors';
import { type Grid, gridOf, positions } from '../grid';
import { ColumnBuilder, missingTexts, type NumberForm } from './builder';
import { type CsvRecord, fieldBytes, type Layout, readRecords } from './records';

export { DataFileError } from '../errors';

/** How a delimited file is to be read, as pandas' `read_csv` names it. */
export interface CsvOptions {
  /** One character; null: the one that the first line has most of; `\s+`: any run of spaces and tabs. */
  readonly separator: string | null;
  /** Column names; null: the first record. */
  readonly names?: readonly string[] | null;
  /** False: the first record is data (columns are called by number unless `names` says more); a number: that of the record with the names. */
  readonly header?: boolean | number;
  /** A label that `TextDecoder` knows; null: UTF-8, or UTF-16 where a mark says so, else Windows-1252 where the bytes are no UTF-8. */
  readonly encoding?: string | null;
  /** Lines left out at the start, or the numbers of those left out (0-based). */
  readonly skip?: number | ReadonlySet<number>;
  /** What follows this character on a line is not read. */
  readonly comment?: string | null;
  /** Spaces behind a separator are no part of the field. */
  readonly trimmed?: boolean;
  /** Records with more fields than the header has are left out; else they are an error. */
  readonly lenient?: boolean;
  /** Written between whole part and fraction, and between thousands. */
  readonly decimal?: string;
  readonly thousands?: string | null;
  /** Rows at most. */
  readonly limit?: number | null;
  /** More texts that mean a missing value, everywhere or by column. */
  readonly missing?: readonly string[];
  readonly missingIn?: ReadonlyMap<string, readonly string[]>;
  /** False: the usual texts of missing values are texts like others. */
  readonly usualMissing?: boolean;
  /** Columns at most. */
  readonly columns?: number;
  /** Columns kept as text; true: all. */
  readonly text?: readonly string[] | true;
}

/** What one pass over a delimited file tells. */
export interface CsvShape {
  readonly names: readonly string[];
  readonly rows: number;
  /** A leading column without a name, which pandas takes as row labels: `labels` reads it. */
  readonly hasIndex: boolean;
  readonly encoding: string;
}

const largestUtf16 = 512 << 20;

/** Reads the wanted columns (all by default) in one or two passes; memory holds these columns only. */
export async function readCsv(source: ByteSource, given: Partial<CsvOptions> | string = {}): Promise<Grid> {
  const options: CsvOptions = { separator: ',', ...(typeof given === 'string' ? { separator: given } : given) };
  const table = await openCsv(source, options);
  const columns = await table.read(table.shape.names.map((_, i) => i));
  const { rows, names } = table.shape;
  return {
    ...gridOf(names, columns, { height: rows, index: positions(rows) }),
    rows: Int32Array.from({ length: rows }, (_, i) => i),
  };
}

export interface CsvTable {
  readonly shape: CsvShape;
  /** Types of all columns, from the pass that counted them. */
  readonly types: readonly Column['type'][];
  readonly missing: readonly number[];
  read(wanted: readonly number[]): Promise<Column[]>;
  /** The leading column without a name, where there is one. */
  labels(): Promise<Column>;
}

/** Counts rows and finds names and types in one pass; columns are read on request. */
export async function openCsv(given: ByteSource, options: CsvOptions): Promise<CsvTable> {
  const { source, encoding } = await decoded(given, options.encoding ?? null);
  const decode = decoderOf(encoding);
  const layout: Layout = {
    separator:
      options.separator === '\\s+'
        ? null
        : options.separator === null
          ? await separatorOf(source)
          : options.separator.charCodeAt(0),
    comment: options.comment ? options.comment.charCodeAt(0) : null,
    trimmed: options.trimmed === true,
  };
  const missing = new Set([...(options.usualMissing === false ? [] : missingTexts), ...(options.missing ?? [])]);
  const goneIn = (name: string): ReadonlySet<string> => {
    const more = options.missingIn?.get(name);
    return more ? new Set([...missing, ...more]) : missing;
  };
  const form = formOf(options);
  const asText = { has: (name: string): boolean => options.text === true || (options.text ?? []).includes(name) };
  const builderOf = (name: string, keep: boolean, text: boolean): ColumnBuilder =>
    new ColumnBuilder(decode, keep, text || asText.has(name), goneIn(name), form);
  const skipped = options.skip ?? 0;
  const isSkipped = (line: number): boolean => (typeof skipped === 'number' ? line <= skipped : skipped.has(line - 1));
  const most = options.columns ?? 100_000;
  let names: string[] | null = null;
  let hasIndex = false;
  let rows = 0;
  let builders: ColumnBuilder[] = [];

  const pass = async (made: (i: number, name: string) => ColumnBuilder | null): Promise<(ColumnBuilder | null)[]> => {
    let above = typeof options.header === 'number' ? options.header : 0;
    let header: readonly string[] | null = options.header === false ? (options.names ?? null) : null;
    let columns: (ColumnBuilder | null)[] | null = null;
    let count = 0;
    const fields = (record: CsvRecord): string[] =>
      Array.from({ length: record.fields }, (_, i) => decode(fieldBytes(record, i)));
    await readRecords(source, layout, record => {
      if (isSkipped(record.line)) return true;
      if (above > 0) {
        above--;
        return true;
      }
      if (header === null && options.header === false)
        header = Array.from({ length: record.fields }, (_, i) => String(i));
      // Before the names of an absurd header take memory.
      if (record.fields > most + 1)
        throw new DataFileError(`${source.name}: has ${record.fields} columns; the limit is ${most}.`);
      if (header === null) {
        header = options.names ?? unique(fields(record));
        return true;
      }
      if (options.limit !== undefined && options.limit !== null && count >= options.limit) return false;
      if (columns === null) {
        hasIndex = record.fields === header.length + 1;
        const all = hasIndex ? ['', ...header] : [...header];
        names = all;
        if (all.length > most)
          throw new DataFileError(`${source.name}: has ${all.length} columns; the limit is ${most}.`);
        columns = all.map((name, i) => made(i, name));
      }
      if (record.fields > columns.length && options.lenient === true) return true;
      count++;
      if (record.fields > columns.length)
        throw new DataFileError(
          `${source.name}: line ${record.line} has ${record.fields} fields where the header has ${columns.length}.`,
        );
      for (let i = 0; i < columns.length; i++) {
        const builder = columns[i];
        if (!builder) continue;
        if (i >= record.fields) builder.push(record.bytes, 0, 0);
        else if (record.quoted[i] === 1) {
          const bytes = fieldBytes(record, i);
          builder.push(bytes, 0, bytes.length);
        } else builder.push(record.bytes, record.starts[i]!, record.ends[i]!);
      }
      return true;
    });
    if (header === null) throw new DataFileError(`${source.name}: the file is empty.`);
    names ??= [...header];
    rows = count;
    return columns ?? names.map((name, i) => made(i, name));
  };

  const small = source.size <= 32 << 20;
  builders = (await pass((_, name) => builderOf(name, small, false))).map(each => each!);
  const first = builders;
  const all: readonly string[] = names ?? [];
  const shift = hasIndex ? 1 : 0;
  const read = async (places: readonly number[]): Promise<Column[]> => {
    const again = [...new Set(places)].filter(i => !small || first[i]!.broken);
    const found = new Map<number, Column>();
    if (again.length > 0) {
      const texts = new Set(again.filter(i => first[i]!.isText));
      const more = await pass((i, name) => (again.includes(i) ? builderOf(name, true, texts.has(i)) : null));
      for (const i of again) found.set(i, more[i]!.finish());
    }
    return places.map(i => found.get(i) ?? first[i]!.finish());
  };
  return {
    shape: { names: all.slice(shift), rows, hasIndex, encoding },
    types: first.slice(shift).map(each => each.type),
    missing: first.slice(shift).map(each => each.missing),
    read: wanted => read(wanted.map(i => i + shift)),
    labels: async () => (await read([0]))[0]!,
  };
}

/** How numbers are written. */
function formOf(options: CsvOptions): NumberForm | undefined {
  const [decimal, thousands] = [options.decimal ?? '.', options.thousands ?? null];
  return decimal === '.' && thousands === null ? undefined : { decimal, thousands };
}

/** Names as pandas makes them: empty ones numbered, repeated ones told apart. */
function unique(given: readonly string[]): string[] {
  const wanted = new Set(given);
  const seen = new Map<string, number>();
  return given.map((text, i) => {
    const name = text === '' ? `Unnamed: ${i}` : text;
    let count = seen.get(name) ?? 0;
    // A number that another column bears already is passed over.
    while (count > 0 && wanted.has(`${name}.${count}`)) count++;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}.${count}`;
  });
}

async function separatorOf(source: ByteSource): Promise<number> {
  const head = await source.read(0, 65_536);
  const end = head.indexOf(10);
  const line = end < 0 ? head : head.subarray(0, end);
  const count = (byte: number): number => line.reduce((sum, each) => sum + (each === byte ? 1 : 0), 0);
  return [44, 9, 59, 124].reduce((best, byte) => (count(byte) > count(best) ? byte : best));
}

/** UTF-16 is made UTF-8 first; other encodings keep ASCII as it is and are decoded cell by cell. */
async function decoded(source: ByteSource, wanted: string | null): Promise<{ source: ByteSource; encoding: string }> {
  const head = await source.read(0, 1 << 20);
  const mark =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
  const declared = wanted === null ? null : encodingName(wanted);
  const encoding = mark ?? (declared?.startsWith('utf-16') ? declared : null);
  if (encoding) {
    if (source.size > largestUtf16)
      throw new DataFileError(`${source.name}: is a large file of UTF-16 text; save it as UTF-8.`);
    const text = new TextDecoder(encoding).decode(await source.read(0, source.size));
    return {
      source: { ...bytesSource(source.name, new TextEncoder().encode(text)), sibling: source.sibling },
      encoding,
    };
  }
  if (declared) return { source, encoding: declared };
  return { source, encoding: isUtf8(head, source.size > head.length) ? 'utf-8' : 'windows-1252' };
}

function isUtf8(head: Uint8Array, isPart: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: isPart });
    return true;
  } catch {
    return false;
  }
}

/** Python's names of encodings as the Encoding Standard has them. */
function encodingName(name: string): string {
  const plain = name.toLowerCase().replace(/[_\s]/g, '-');
  const known: Readonly<Record<string, string>> = {
    utf8: 'utf-8',
    'utf-8-sig': 'utf-8',
    latin1: 'latin1',
    'latin-1': 'latin1',
    'iso8859-1': 'latin1',
    utf16: 'utf-16le',
    'utf-16': 'utf-16le',
    'utf-16-le': 'utf-16le',
    'utf-16-be': 'utf-16be',
    ansi: 'windows-1252',
    'mac-roman': 'macintosh',
    cp932: 'shift_jis',
    cp936: 'gbk',
    cp949: 'euc-kr',
    cp950: 'big5',
  };
  return known[plain] ?? plain.replace(/^cp(125\d)$/, 'windows-$1');
}

function decoderOf(encoding: string): (bytes: Uint8Array) => string {
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding.startsWith('utf-16') ? 'utf-8' : encoding);
  } catch {
    throw new DataFileError(
      'The encoding that the script names for its data file is not read; save the file as UTF-8.',
    );
  }
  return bytes => {
    if (bytes.length > 32) return decoder.decode(bytes);
    let text = '';
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte >= 128) return decoder.decode(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  };
}

/** Columns of an opened table as they are needed; `want` gets the columns or interrupts the work until they are read. */
export const lazyColumns = (count: number, want: (i: number) => Column): Lazy<Column>[] =>
  Array.from({ length: count }, (_, i) => new Lazy(() => want(i)));
