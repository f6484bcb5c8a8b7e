import type { ByteSource } from '../checkpoints/byte-source';
import type { Cell, Grid } from './grid';

/** What pandas reads as a missing value by default (`pandas._libs.parsers.STR_NA_VALUES`). */
const missing = new Set(
  ' |#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null'
    .split('|')
    .map(text => text.trim()),
);
const number = /^\s*[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?)\s*$/i;
const chunk = 1 << 22;
const longestRecord = 1 << 24;

/** A data file that cannot be read; the message is one sentence with the place and no cell of the file. */
export class DataFileError extends Error {}

/** Reads a delimited file in parts: quotes, embedded line breaks, UTF-8 with or without a mark. Columns of numbers become numbers. */
export async function readCsv(source: ByteSource, separator = ','): Promise<Grid> {
  const decoder = new TextDecoder('utf-8');
  const texts: string[][] = [];
  let names: string[] | null = null;
  let record: string[] = [];
  let field = '';
  let quoted = false;
  let closed = false;
  let line = 1;
  let held = 0;
  const endRecord = (): void => {
    record.push(field);
    const blank = record.length === 1 && field === '' && !closed;
    field = '';
    closed = false;
    held = 0;
    if (!blank && names === null) {
      names = record;
      for (const _ of record) texts.push([]);
    } else if (!blank) {
      if (record.length > texts.length)
        throw new DataFileError(
          `${source.name}: line ${line} has ${record.length} fields where the header has ${texts.length}.`,
        );
      for (let i = 0; i < texts.length; i++) texts[i]!.push(record[i] ?? '');
    }
    record = [];
    line++;
  };
  let pendingReturn = false;
  for (let at = 0; at < source.size; at += chunk) {
    const text = decoder.decode(await source.read(at, at + chunk), { stream: at + chunk < source.size });
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      if (pendingReturn) {
        pendingReturn = false;
        if (c === '\n') continue;
      }
      if (quoted) {
        if (c === '"') {
          quoted = false;
          closed = true;
        } else field += c;
      } else if (c === '"' && closed) {
        field += c;
        quoted = true;
      } else if (c === '"' && field === '') quoted = true;
      else if (c === separator) {
        record.push(field);
        field = '';
        closed = false;
      } else if (c === '\n') endRecord();
      else if (c === '\r') {
        pendingReturn = true;
        endRecord();
      } else field += c;
      if (++held > longestRecord) throw new DataFileError(`${source.name}: the record at line ${line} does not end.`);
    }
  }
  if (quoted)
    throw new DataFileError(`${source.name}: a quote that opens in the record at line ${line} is not closed.`);
  if (field !== '' || record.length > 0) endRecord();
  if (names === null) throw new DataFileError(`${source.name}: the file is empty.`);
  const rows = Int32Array.from({ length: texts[0]?.length ?? 0 }, (_, i) => i);
  return { kind: 'grid', flat: false, names, index: Array.from(rows), rows, columns: texts.map(typed) };
}

/** Numbers if every cell that is not missing is one; else text. */
function typed(texts: readonly string[]): Cell[] {
  const gone = (text: string): boolean => missing.has(text);
  if (texts.every(text => gone(text) || number.test(text)))
    return texts.map(text =>
      gone(text) ? null : /inf/i.test(text) ? (text.includes('-') ? -Infinity : Infinity) : Number(text),
    );
  if (texts.every(text => gone(text) || /^(?:true|false)$/i.test(text)))
    return texts.map(text => (gone(text) ? null : /^true$/i.test(text) ? 1 : 0));
  return texts.map(text => (gone(text) ? null : text));
}
