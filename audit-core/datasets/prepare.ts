import type { AuditData } from '../audit/inputs';
import { uniqueCodes } from './generators/sklearn';
import { type Grid, height } from './grid';
import { isOperation, type Operation, type Recipe, type Term } from './recipe';
import { asGrid, Replay, ReplayError, selections } from './replay';

/** What of a data file the audit looks at beside features and label. */
export interface Roles {
  readonly person: string | null;
  readonly groups: readonly string[];
  /** The model takes named columns as they are: text and missing values are its own business. The numbers are for the gate only. */
  readonly mixed?: boolean;
}

/** Rows of the data file that the recipe's training was given, ascending and distinct. */
export function memberRows(recipe: Recipe, tables: ReadonlyMap<string, Grid>): Int32Array {
  const rows = new Replay(tables).grid(recipe.features).rows;
  if (!rows) throw new ReplayError('The training rows cannot be followed back to rows of a data file.');
  return Int32Array.from(new Set(rows)).sort();
}

/**
 * Features, labels, people and members of every row, as the script's own steps make them. `tables` has the one data file. With `members` (1 by
 * row) the script's split keeps those rows instead: what it fits on training rows is fitted on them.
 */
export function prepareAuditData(
  recipe: Recipe,
  tables: ReadonlyMap<string, Grid>,
  roles: Roles,
  chosen: Uint8Array | null = null,
): AuditData {
  if (tables.size !== 1) throw new ReplayError('The audit of several data files at once is not supported.');
  const table = [...tables.values()][0]!;
  const rows = height(table);
  const replay = chosen ? replayWith(recipe, tables, chosen) : new Replay(tables);
  const features = asGrid(replay.everywhere(recipe.features));
  if (height(features) !== rows)
    throw new ReplayError('The features of the rows outside the training cannot be followed.');
  if (!recipe.label) throw new ReplayError('The labels of the training cannot be followed.');
  const label = asGrid(replay.everywhere(recipe.label)).columns[0]!;
  const width = features.columns.length;
  const data = new Float32Array(rows * width);
  const members = sides(recipe, replay, rows);
  for (const [c, column] of features.columns.entries()) {
    const codes = roles.mixed && column.some(cell => typeof cell === 'string') ? uniqueCodes(column).codes : null;
    for (let r = 0; r < rows; r++) {
      const cell = codes ? codes[r]! : column[r]!;
      if (typeof cell === 'string')
        throw new ReplayError(`The feature "${features.names[c] ?? c + 1}" is text after all steps.`);
      if (cell === null && !roles.mixed) members[r] = 2;
      data[r * width + c] = cell ?? Number.NaN;
    }
  }
  const classes = uniqueCodes(label);
  const numbers = label.every(cell => typeof cell === 'number' && Number.isInteger(cell) && cell >= 0);
  const keep = columnOf(table, roles.person);
  const people = keep && uniqueCodes(keep);
  return {
    features: { data, shape: [rows, width] },
    rows,
    columns: features.names,
    target: 'classes',
    labels: numbers ? Int32Array.from(label, Number) : Int32Array.from(classes.codes),
    targets: null,
    members,
    people: people && {
      key: roles.person!,
      codes: Int32Array.from(people.codes),
      count: people.count,
      ids: idsOf(keep, people),
    },
    groups: roles.groups.flatMap(name => {
      const column = columnOf(table, name);
      if (!column) return [];
      const levels = [...new Set(column.filter(cell => cell !== null).map(String))].sort();
      return [
        { name, levels, codes: Int32Array.from(column, cell => (cell === null ? -1 : levels.indexOf(String(cell)))) },
      ];
    }),
    assumptions: [],
  };
}

/** 1 trained on; 0 left out by the first split that left rows out; 2 neither (filtered before it, or split off later). */
function sides(recipe: Recipe, replay: Replay, rows: number): Uint8Array {
  const split = splitOf(recipe, replay);
  const out = new Uint8Array(rows).fill(2);
  if (split) {
    const kept = rowsOf(replay, split);
    for (const row of rowsOf(replay, split.args[0]!)) if (!kept.has(row)) out[row] = 0;
  }
  for (const row of rowsOf(replay, recipe.features)) out[row] = 1;
  return out;
}

const rowsOf = (replay: Replay, term: Term): Set<number> => new Set(replay.grid(term).rows ?? []);

/** The step of the recipe that divides the rows into those trained on and the others; undefined where all are trained on. */
export function splitOf(recipe: Recipe, replay: Replay): Operation | undefined {
  const steps: Operation[] = [];
  for (let term: Term = recipe.features; isOperation(term); ) {
    if (selections.has(term.op)) steps.unshift(term);
    const next: Term | undefined =
      term.op === 'transform'
        ? term.args[1]
        : term.op === 'compare' || term.op === 'binary'
          ? term.args[1]
          : term.args[0];
    if (!next) break;
    term = next;
  }
  const removing = steps.filter(step => rowsOf(replay, step).size < rowsOf(replay, step.args[0]!).size);
  return (
    removing.find(step => step.op !== 'dropna' && (step.op !== 'mask' || drawsOn(step.args[1]!))) ?? removing.at(-1)
  );
}

export function replayWith(recipe: Recipe, tables: ReadonlyMap<string, Grid>, members: Uint8Array): Replay {
  if (isUndrawn(recipe.features)) return new Replay(tables, { step: null, members });
  const step = splitOf(recipe, new Replay(tables));
  if (!step)
    throw new ReplayError('The script trains on all rows: there is no split that other rows could take part in.');
  return new Replay(tables, { step, members });
}

/** The rows of the data file that the script's split divides, in the order in which it is given them. */
export function dividedRows(recipe: Recipe, tables: ReadonlyMap<string, Grid>): Int32Array {
  const replay = new Replay(tables);
  const split = splitOf(recipe, replay);
  const rows = split && replay.grid(split.args[0]!).rows;
  if (!rows) throw new ReplayError('The rows that the script splits cannot be followed back to rows of a data file.');
  return rows;
}

/** True where rows were chosen by a draw that no seed lets us replay. */
export function isUndrawn(term: Term, seen = new Set<Term>()): boolean {
  if (seen.has(term)) return false;
  seen.add(term);
  if ('items' in term) return term.items.some(item => isUndrawn(item, seen));
  return isOperation(term) && (term.op === 'undrawn' || term.args.some(each => isUndrawn(each, seen)));
}

function drawsOn(term: Term): boolean {
  if ('items' in term) return term.items.some(drawsOn);
  return isOperation(term) && (term.op === 'draw' || term.args.some(drawsOn));
}

function columnOf(table: Grid, name: string | null): readonly (number | string | null)[] | null {
  const at = name === null ? -1 : table.names.indexOf(name);
  return at < 0 ? null : table.columns[at]!;
}

function idsOf(
  column: readonly (number | string | null)[],
  codes: { codes: ArrayLike<number>; count: number },
): (number | string)[] {
  const ids = new Array<number | string>(codes.count).fill('');
  column.forEach((cell, row) => {
    ids[codes.codes[row]!] = cell ?? '';
  });
  return ids;
}
