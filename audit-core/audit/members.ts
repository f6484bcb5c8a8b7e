import type { Cell, Grid } from '../datasets/grid';
import { type MembersFile, memberFlags } from '../datasets/members-file';
import { columnCells, rowCount } from './cells';
import type { DeclaredMembers } from './request';

/** A declared members file and its base name. */
export interface NamedMembersFile {
  readonly content: MembersFile;
  readonly name: string;
}

/** Declared members that the data do not bear; one sentence, no value. */
const refuse = (message: string): never => {
  throw new RangeError(message);
};

/**
 * One flag per row of the data: 1 where the row was trained on. `file` is the content of a declared members file; `person` the key column
 * of the audit, for files that list people without naming the column.
 */
export function declaredFlags(
  declared: DeclaredMembers,
  table: Grid,
  file: NamedMembersFile | null,
  person: string | null,
): Uint8Array {
  const rows = rowCount(table);
  if (declared.kind === 'file') return fileFlags(file!, table, rows, person);
  if (declared.kind === 'column') return columnFlags(declared, table, rows);
  return rowFlags(declared, rows);
}

/** Flags of declared row numbers. */
export function rowFlags(declared: Extract<DeclaredMembers, { kind: 'rows' | 'range' }>, rows: number): Uint8Array {
  const chosen =
    declared.kind === 'rows'
      ? declared.rows
      : Array.from({ length: Math.max(0, (declared.to ?? rows) - declared.from) }, (_, index) => declared.from + index);
  return memberFlags({ kind: 'rows', rows: chosen }, rows, null, 'The audit entry ("members")');
}

function fileFlags({ content, name }: NamedMembersFile, table: Grid, rows: number, person: string | null): Uint8Array {
  if (content.kind !== 'people') return memberFlags(content, rows, null, name);
  const ids: readonly Cell[] | null =
    columnCells(table, content.key) ?? (person === null ? null : columnCells(table, person));
  return memberFlags(content, rows, ids, name);
}

/** Cells of a column that holds one of the values; numbers, truth values and their texts are the same. */
function columnFlags(
  { column, is }: Extract<DeclaredMembers, { kind: 'column' }>,
  table: Grid,
  rows: number,
): Uint8Array {
  const cells =
    columnCells(table, column) ?? refuse(`The data have no column "${column}" that says who was trained on.`);
  const wanted = new Set(is.flatMap(value => (typeof value === 'boolean' ? [value ? '1' : '0'] : [String(value)])));
  const flags = Uint8Array.from(cells, cell => (cell !== null && wanted.has(String(cell)) ? 1 : 0));
  const inside = flags.reduce((sum, flag) => sum + flag, 0);
  if (inside === 0 || inside === rows)
    refuse(
      `The column "${column}" makes ${inside === 0 ? 'no row a member' : 'every row a member'}; an audit needs both kinds.`,
    );
  return flags;
}
