import type { Cell, Grid } from '../datasets/grid';
import type { OutputKind } from '../runtime/runtime';
import { columnCount, gridCells, rowCount } from './cells';
import type { AuditData, TargetKind } from './inputs';

/** What is known of the target before the model is asked. */
export interface TargetQuestion {
  /** The label columns for every row. */
  readonly label: Grid;
  /** As declared; null: as labels and outputs look. */
  readonly target: TargetKind | null;
  readonly classes: readonly string[] | null;
  readonly outputKind: OutputKind;
}

/**
 * The data with their targets: several label columns of 0 and 1 are multi-label, numbers that are not whole (or a model that says so)
 * are a regression, everything else is classes. Rows without a label take no part.
 */
export function withTarget(data: AuditData, { label, target, classes, outputKind }: TargetQuestion): AuditData {
  const width = columnCount(label);
  const columns = Array.from({ length: width }, (_, at) => gridCells(label, at));
  const kind = target ?? guess(columns, outputKind);
  if (kind === 'classes') return classes ? named(data, columns[0]!, classes) : data;
  const rows = rowCount(label);
  const targets = new Float64Array(rows * width);
  const members = data.members.slice();
  for (const [at, column] of columns.entries())
    for (let row = 0; row < rows; row++) {
      const cell = column[row]!;
      if (typeof cell === 'string')
        throw new RangeError('A label column of a multi-label or regression audit holds text; it needs numbers.');
      if (cell === null) members[row] = 2;
      targets[row * width + at] = cell ?? 0;
    }
  return { ...data, target: kind, labels: new Int32Array(0), targets: { data: targets, width }, members };
}

function guess(columns: readonly (readonly Cell[])[], outputKind: OutputKind): TargetKind {
  if (outputKind === 'regression') return 'regression';
  const every = (test: (cell: Cell) => boolean): boolean =>
    columns.every(column => column.every(cell => cell === null || test(cell)));
  if (columns.length > 1) return every(cell => cell === 0 || cell === 1) ? 'multi-label' : 'regression';
  return every(cell => typeof cell === 'string' || Number.isInteger(cell)) ? 'classes' : 'regression';
}

/** Labels by declared class names: the index of the name is the model's output. */
function named(data: AuditData, column: readonly Cell[], classes: readonly string[]): AuditData {
  const place = new Map(classes.map((name, index) => [name, index]));
  const members = data.members.slice();
  const labels = new Int32Array(data.rows);
  for (const [row, cell] of column.entries()) {
    if (cell === null) members[row] = 2;
    else {
      const index = place.get(String(cell));
      if (index === undefined)
        throw new RangeError(`The label of row ${row} is none of the ${classes.length} declared "classes".`);
      labels[row] = index;
    }
  }
  return { ...data, labels, members };
}
