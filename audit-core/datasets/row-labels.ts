import { type Column, numbersColumn } from './column';
import { DataFileError } from './errors';

/** What pandas noted of a table's row labels beside it (its developer guide, "Storing pandas DataFrame objects in Apache Parquet format"). */
export interface RowLabels {
  /** Columns that hold labels. */
  readonly columns: ReadonlySet<string>;
  /** Labels that are counted up. */
  readonly range: { readonly start: number; readonly step: number } | null;
}

const none: RowLabels = { columns: new Set(), range: null };

/** Reads the note; a note that is none counts as absent. */
export function rowLabels(note: string | null): RowLabels {
  if (!note || note.length > 16 << 20) return none;
  try {
    const { index_columns: given } = JSON.parse(note) as { index_columns?: unknown };
    if (!Array.isArray(given)) return none;
    const range = given.map(rangeOf).find(each => each !== null) ?? null;
    return { columns: new Set(given.filter(each => typeof each === 'string')), range };
  } catch {
    return none;
  }
}

function rangeOf(given: unknown): RowLabels['range'] {
  if (typeof given !== 'object' || given === null) return null;
  const { kind, start, step } = given as Record<string, unknown>;
  if (kind !== 'range' || typeof start !== 'number' || typeof step !== 'number') return null;
  return start === 0 && step === 1 ? null : { start, step };
}

/** The labels as a reader offers them: counted up, or those of the one column that holds them; null where rows are numbered. */
export function labelsOf<T extends { readonly name: string }>(
  { columns, range }: RowLabels,
  fields: readonly T[],
  rows: number,
  file: string,
  read: (field: T) => Promise<Column>,
): { readonly name: string | null; read(): Promise<Column> } | null {
  if (range) {
    const { start, step } = range;
    const counted = (): Column =>
      numbersColumn(
        Float64Array.from({ length: rows }, (_, i) => start + step * i),
        'int',
      );
    return { name: null, read: async () => counted() };
  }
  const found = fields.filter(field => columns.has(field.name));
  const [first] = found;
  if (!first) return null;
  const name = /^__index_level_\d+__$/.test(first.name) ? null : first.name;
  return {
    name,
    read: async () => {
      if (found.length > 1)
        throw new DataFileError(
          `${file}: several columns are row labels (a MultiIndex), which is not read; save it after reset_index().`,
        );
      return await read(first);
    },
  };
}
