import type { ColumnType } from '../column';
import type { FlatTable } from './flatbuffer';

/** One field of an Arrow schema (format/Schema.fbs). */
export interface ArrowField {
  readonly name: string;
  /** Number of the type in the union `Type`. */
  readonly type: number;
  readonly detail: FlatTable | null;
  readonly children: readonly ArrowField[];
  /** Id and index type where the values are codes into a dictionary. */
  readonly dictionary: { readonly id: number; readonly bits: number; readonly signed: boolean } | null;
}

export const T = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  fixedBinary: 15,
  fixedList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
} as const;

/** Parts of text or bytes that lie in buffers of their own, as many as each batch says. */
export const isView = ({ type, dictionary }: ArrowField): boolean =>
  dictionary === null && (type === T.binaryView || type === T.utf8View);

export function readFields(schema: FlatTable): ArrowField[] {
  return schema.tables(1).map(field => readField(field, 0));
}

function readField(field: FlatTable, depth: number): ArrowField {
  const encoding = field.table(4);
  const index = encoding?.table(1) ?? null;
  return {
    name: field.text(0),
    type: field.byte(2),
    detail: field.table(3),
    children: depth > 32 ? [] : field.tables(5).map(child => readField(child, depth + 1)),
    dictionary: encoding && {
      id: encoding.long(0),
      bits: index ? index.int(0) : 32,
      signed: index ? index.byte(1) === 1 : true,
    },
  };
}

/** How many buffers a field has of its own (validity first), without those of a view's parts; −1: a layout that is not read. */
export function ownBuffers(field: ArrowField): number {
  if (field.dictionary) return 2;
  switch (field.type) {
    case T.null:
      return 0;
    case T.utf8:
    case T.binary:
    case T.largeUtf8:
    case T.largeBinary:
      return 3;
    case T.struct:
    case T.fixedList:
      return 1;
    case T.int:
    case T.float:
    case T.bool:
    case T.decimal:
    case T.date:
    case T.time:
    case T.timestamp:
    case T.interval:
    case T.duration:
    case T.fixedBinary:
    case T.list:
    case T.largeList:
    case T.map:
    case T.binaryView:
    case T.utf8View:
      return 2;
    default:
      return -1;
  }
}

/** The type as a column; null where it is none (lists, structures, bytes). */
export function columnType(field: ArrowField): ColumnType | null {
  switch (field.type) {
    case T.int:
      return 'int';
    case T.float:
    case T.null:
    case T.decimal:
      return 'float';
    case T.utf8:
    case T.largeUtf8:
    case T.utf8View:
      return 'text';
    case T.bool:
      return 'bool';
    case T.date:
    case T.timestamp:
      return 'date';
    default:
      return null;
  }
}

/** Value of `key` in a schema's own notes. */
export function schemaNote(schema: FlatTable, key: string): string | null {
  for (const pair of schema.tables(2)) if (pair.text(0) === key) return pair.text(1);
  return null;
}
