import type { AuditData } from '../audit/inputs';
import type { TableColumns } from '../runtime/runtime';
import { type Cell, type Column, cellAt, cellsOf, columnOf, numbersColumn } from './column';
import { Expansion } from './expand';
import { uniqueCodes } from './generators/sklearn';
import { column, type Grid, gridOf, stride } from './grid';
import { isOperation, literalOf, type Operation, type Recipe, sourceOf, type Term } from './recipe';
import { type Records, recordsOf } from './records';
import { asGrid, isBlock, Replay, ReplayError, type ReplayOptions, rowsOf, selections, type Value } from './replay';
import { knownNames, shownNames } from './shown-names';
import type { DataStore } from './store';

/** What of a data file the audit looks at beside features and label. */
export interface Roles {
  readonly person: string | null;
  readonly groups: readonly string[];
  /** The model takes named columns as they are: text and missing values are its own business. The numbers are for the gate only. */
  readonly mixed?: boolean;
  /** Most numbers (rows × features) that are kept; beyond, whole people are left out at random. */
  readonly most?: number;
}

/** Audit data with what the readers know beside. */
export interface PreparedData extends AuditData {
  /** The features by their own names, for models that select columns by name or take text; null for arrays. */
  readonly table: TableColumns | null;
  /** The label columns of the audited rows. */
  readonly label: Grid;
  /** Record of the data files by row of the audit (they differ where a large file is thinned). */
  readonly origin: Int32Array;
  /** Records in all data files. */
  readonly total: number;
}

/** More values than this are thinned by whole people. */
const mostValues = 60_000_000;

/** Runs work on a recipe; what it fails with names a column only where the name is no value. */
async function told<T>(given: Recipe, store: DataStore, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ReplayError ? error.told(knownNames(given, store)) : error;
  }
}

/** A replay, the recipe in plain steps, and the records that it counts. */
async function begin(
  given: Recipe,
  store: DataStore,
  declared: Uint8Array | null,
): Promise<{ recipe: Recipe; replay: Replay; records: Records; options: ReplayOptions }> {
  let records: Records | null = null;
  const options: ReplayOptions = declared ? { declared: raw => declared[records!.one(raw)] === 1 } : {};
  const replay = new Replay(store, options);
  const expansion = new Expansion(replay);
  await openInOrder(given, expansion, replay, store);
  const recipe = await store.run(() => expansion.recipe({ ...given, reads: [] }));
  records = await store.run(() => recordsOf(recipe, replay, store));
  return { recipe, replay, records, options };
}

/** Rows of the data files that the recipe's training was given, ascending and distinct; the number of all rows; names of the features. */
export async function memberRows(
  given: Recipe,
  store: DataStore,
  declared: Uint8Array | null = null,
): Promise<{ readonly rows: Int32Array; readonly total: number; readonly names: readonly string[] }> {
  return await told(given, store, () => followedRows(given, store, declared));
}

async function followedRows(given: Recipe, store: DataStore, declared: Uint8Array | null) {
  const { recipe, replay, records } = await begin(given, store, declared);
  return await store.run(() => {
    const raw = replay.rows(recipe.features);
    if (!raw) throw new ReplayError('The training rows cannot be followed back to rows of a data file.');
    const rows = records.distinct(raw);
    const features = replay.value(recipe.features);
    return {
      rows,
      total: records.total,
      names: isBlock(features) ? [] : shownNames(asGrid(features).names, given, store),
    };
  });
}

/** Opens the record files in the order in which the script reads them, so that rows are counted in that order. */
async function openInOrder({ reads }: Recipe, expansion: Expansion, replay: Replay, store: DataStore): Promise<void> {
  for (const term of reads ?? []) {
    try {
      await store.run(() => replay.value(expansion.term(term)));
    } catch (error) {
      // A file that the training does not need may be missing.
      if (error instanceof Error && /^(?:FileError|DataFileError|ReplayError|CheckpointError)$/.test(error.name))
        continue;
      throw error;
    }
  }
}

/** Part of the audited rows: how its features and labels are made. */
interface Segment {
  readonly features: Value;
  readonly label: Column;
  readonly labels: Grid;
  readonly rows: Int32Array;
}

/**
 * Features, labels, people and members of every row, as the script's own steps make them. With `chosen` (1 by row) the script's split keeps
 * those rows instead: what it fits on training rows is fitted on them (reference models; members declared for a split without a seed).
 */
export async function prepareAuditData(
  given: Recipe,
  store: DataStore,
  roles: Roles,
  chosen: Uint8Array | null = null,
): Promise<PreparedData> {
  return await told(given, store, () => madeData(given, store, roles, chosen));
}

async function madeData(
  given: Recipe,
  store: DataStore,
  roles: Roles,
  chosen: Uint8Array | null,
): Promise<PreparedData> {
  const undrawn = isUndrawn(given.features);
  const { recipe, replay: plain, records, options } = await begin(given, store, undrawn ? chosen : null);
  const split = chosen && !undrawn ? await store.run(() => splitOf(recipe, plain)) : undefined;
  if (chosen && !undrawn && !split)
    throw new ReplayError('The script trains on all rows: there is no split that other rows could take part in.');
  const instead: ReplayOptions =
    chosen && split ? { ...options, instead: { step: split, keeps: raw => chosen[records.one(raw)] === 1 } } : options;
  const replay = chosen && split ? new Replay(store, instead) : plain;
  const { kept, members, people, groups } = await store.run(() => {
    const segments = segmentsOf(recipe, replay, records);
    const sides = sidesOf(recipe, replay, records, segments);
    if (chosen) for (const [row, side] of chosen.entries()) sides[row] = sides[row] === 2 && side !== 1 ? 2 : side;
    const key = keyOf(roles.person, records, store);
    const width = widthOf(segments[0]!.features);
    const kept = thinned(sides, key, Math.max(1, Math.floor((roles.most ?? mostValues) / width)));
    const cells = (name: string): Cell[] | null =>
      keyOf(name, records, store) ?? (key && joinedOf(name, roles.person!, key, store));
    return {
      kept,
      members: kept.map(row => sides[row]!),
      people: key && peopleOf(roles.person!, kept, key),
      groups: roles.groups.flatMap(name => groupOf(name, cells(name), kept)),
    };
  });
  const thin = kept.length < records.total ? records.expand(kept) : null;
  const audited = thin ? new Replay(store, { ...instead, only: new Set(thin), over: replay }) : replay;
  return await store.run(() => {
    const segments = segmentsOf(recipe, audited, records);
    const place = new Map<number, readonly [number, number]>();
    segments.forEach(({ rows }, s) => {
      rows.forEach((raw, i) => {
        const row = records.one(raw);
        if (!place.has(row)) place.set(row, [s, i]);
      });
    });
    const at = Array.from(kept, row => place.get(row) ?? null);
    const sides = Uint8Array.from(members, (side, i) => (at[i] ? side : 2));
    if (!chosen) checkMembers(recipe, replay, segments, place, records);
    const { tensor, table, names } = featuresOf(segments, at, sides, roles.mixed === true);
    const notes = [...store.notes];
    if (thin)
      notes.push(`The data files have ${records.total} rows; ${kept.length} of them are audited, by whole people.`);
    return {
      features: tensor,
      rows: kept.length,
      columns: table ? names : shownNames(names, given, store),
      target: 'classes' as const,
      labels: labelsOf(segments, at),
      targets: null,
      members: sides,
      people,
      groups,
      assumptions: notes,
      table,
      label: labelOf(segments, at),
      origin: kept,
      total: records.total,
    };
  });
}

/** All rows with their transformation: the training's own steps over all records, else what the script evaluates the model on. */
function segmentsOf(recipe: Recipe, replay: Replay, records: Records): Segment[] {
  if (!recipe.label) throw new ReplayError('The labels of the training cannot be followed.');
  const make = (features: Value, label: Value): Segment => {
    const rows = rowsOf(features);
    if (!rows) throw new ReplayError('The features of the rows outside the training cannot be followed.');
    const labels = classesOf(asGrid(label));
    if (labels.data.length !== rows.length) throw new ReplayError('There are other labels than rows.');
    return { features, label: labels, labels: asGrid(label), rows };
  };
  const lifted = make(replay.everywhere(recipe.features), replay.everywhere(recipe.label));
  const segments = [lifted];
  const seen = new Set(records.compact(lifted.rows));
  for (const { features, label } of recipe.evaluated ?? []) {
    const rows = replay.rows(features);
    if (!rows || !label || records.compact(rows).every(row => seen.has(row))) continue;
    const segment = make(replay.everywhere(features), replay.everywhere(label));
    segments.push(segment);
    for (const row of records.compact(segment.rows)) seen.add(row);
  }
  return segments;
}

/** Class by row; one-hot labels by their one. */
function classesOf(label: Grid): Column {
  if (label.columns.length <= 1) return column(label, 0);
  const columns = label.columns.map((_, i) => column(label, i));
  const data = Float64Array.from({ length: label.height }, (_, row) => {
    const at = columns.findIndex(each => each.data[row] === 1);
    return at >= 0 && columns.every((each, i) => each.data[row] === Number(i === at)) ? at : Number.NaN;
  });
  return { type: 'int', data: data.some(Number.isNaN) ? columns[0]!.data : data, levels: null };
}

/** 1 trained on; 0 left out by the first split that left rows out; 2 neither (filtered before it, or split off later). */
function sidesOf(recipe: Recipe, replay: Replay, records: Records, segments: readonly Segment[]): Uint8Array {
  const out = new Uint8Array(records.total).fill(2);
  const trained = replay.rows(recipe.features) ?? new Int32Array(0);
  const split = splitOf(recipe, replay);
  if (split) {
    for (const row of records.compact(replay.rows(split.args[0]!) ?? new Int32Array(0))) out[row] = 0;
    for (const row of records.compact(replay.rows(split) ?? new Int32Array(0))) out[row] = 2;
  } else for (const { rows } of segments) for (const row of records.compact(rows)) out[row] = 0;
  for (const row of records.compact(trained)) out[row] = 1;
  return out;
}

/** The step of the recipe that divides the rows into those trained on and the others; undefined where all are trained on. */
export function splitOf(recipe: Recipe, replay: Replay): Operation | undefined {
  const steps: Operation[] = [];
  for (let term: Term | undefined = recipe.features; term; term = sourceOf(term)) {
    if (isOperation(term) && selections.has(term.op)) steps.unshift(term);
  }
  const count = (term: Term): number => new Set(replay.rows(term) ?? []).size;
  const removing = steps.filter(step => count(step) < count(step.args[0]!));
  return (
    removing.find(
      step => step.op !== 'dropna' && step.op !== 'drop-duplicates' && (step.op !== 'mask' || drawsOn(step.args[1]!)),
    ) ?? removing.at(-1)
  );
}

/** The rows of the data files that the script's split divides, in the order in which it is given them. */
export async function dividedRows(given: Recipe, store: DataStore): Promise<Int32Array> {
  const { recipe, replay, records } = await begin(given, store, null);
  return await store.run(() => {
    const split = splitOf(recipe, replay);
    const rows = split && replay.rows(split.args[0]!);
    if (!rows) throw new ReplayError('The rows that the script splits cannot be followed back to rows of a data file.');
    return records.compact(rows);
  });
}

/** True where the script divides its rows, so that others could take the place of those it trains on. */
export async function divides(given: Recipe, store: DataStore): Promise<boolean> {
  if (isUndrawn(given.features)) return true;
  const { recipe, replay } = await begin(given, store, null);
  return await store.run(() => splitOf(recipe, replay) !== undefined);
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
  if (!isOperation(term)) return false;
  // A column that says the split is as good as a draw.
  if (
    term.op === 'columns' &&
    /^(?:split|fold|set|subset|partition|is_?train|phase)$/i.test(String(literalOf(term.args[1])))
  )
    return true;
  return term.op === 'draw' || term.args.some(drawsOn);
}

/** The training's own values must be those that its steps give over all rows; where they are not, a step depends on its neighbours. */
function checkMembers(
  recipe: Recipe,
  replay: Replay,
  segments: readonly Segment[],
  place: ReadonlyMap<number, readonly [number, number]>,
  records: Records,
): void {
  const trained = replay.value(recipe.features);
  if (isBlock(trained)) return;
  const grid = asGrid(trained);
  const step = Math.max(1, Math.floor(grid.height / 200));
  for (let c = 0; c < grid.columns.length; c++) {
    const own = column(grid, c);
    for (let row = 0; row < grid.height; row += step) {
      const found = place.get(records.one(grid.rows![row]!));
      const other = found && segments[found[0]]!.features;
      if (!found || !other || isBlock(other)) continue;
      const [x, y] = [cellAt(own, row), cellAt(column(asGrid(other), c), found[1])];
      const same =
        typeof x === 'number' && typeof y === 'number' ? Math.abs(x - y) <= 1e-6 * (1 + Math.abs(x)) : x === y;
      if (!same)
        throw new ReplayError(
          'A step of the script depends on which rows are beside each other, so it cannot be made for the rows outside the training.',
        );
    }
  }
}

const widthOf = (value: Value): number =>
  isBlock(value) ? stride(value.shape) : Math.max(1, asGrid(value).columns.length);

function featuresOf(
  segments: readonly Segment[],
  at: readonly (readonly [number, number] | null)[],
  sides: Uint8Array,
  mixed: boolean,
) {
  const [first] = segments;
  const width = widthOf(first!.features);
  const n = at.length;
  const data = new Float32Array(n * width);
  const shape = isBlock(first!.features) ? [n, ...first!.features.shape.slice(1)] : [n, width];
  if (segments.some(({ features }) => widthOf(features) !== width || isBlock(features) !== isBlock(first!.features)))
    throw new ReplayError('The rows outside the training have another number of features.');
  if (isBlock(first!.features)) {
    const arrays = segments.map(({ features }) => (isBlock(features) ? features.data.get() : new Float32Array(0)));
    at.forEach((found, i) => {
      if (found) data.set(arrays[found[0]]!.subarray(found[1] * width, (found[1] + 1) * width), i * width);
    });
    return { tensor: { data, shape }, table: null, names: [] };
  }
  const grids = segments.map(({ features }) => asGrid(features));
  const names = grids[0]!.names;
  const columns = new Map<string, Cell[]>();
  let hasText = false;
  const incomplete = new Uint8Array(n);
  let trainedIncomplete = false;
  for (let c = 0; c < width; c++) {
    const parts = grids.map(grid => (mixed ? column(grid, c) : spelled(column(grid, c))));
    const cells = at.map((found): Cell => (found ? cellAt(parts[found[0]]!, found[1]) : null));
    const isText = parts.some(part => part.levels !== null);
    hasText ||= isText;
    const codes = isText ? uniqueCodes(cells).codes : null;
    for (let i = 0; i < n; i++) {
      const cell = cells[i]!;
      if (cell === null && sides[i] !== 2) {
        incomplete[i] = 1;
        trainedIncomplete ||= sides[i] === 1;
      }
      data[i * width + c] = codes ? codes[i]! : ((cell as number | null) ?? Number.NaN);
    }
    columns.set(names[c] ?? String(c), cells);
  }
  // A model that was trained with missing values takes them; otherwise such rows cannot be asked.
  if (!trainedIncomplete && !mixed) for (let i = 0; i < n; i++) if (incomplete[i]) sides[i] = 2;
  const named = names.length === width && new Set(names).size === width;
  if (hasText && !(mixed && named)) {
    const at = grids[0]!.columns.findIndex(each => spelled(each.get()).levels !== null);
    throw new ReplayError('The {} is text after all steps.', names[at] ?? null);
  }
  return { tensor: { data, shape }, table: named ? columns : null, names };
}

/** Text that spells a number in every cell is that number to a model that takes numbers. */
function spelled(each: Column): Column {
  if (!each.levels) return each;
  const numbers = each.levels.map(level => (level.trim() === '' ? Number.NaN : Number(level)));
  if (numbers.some(Number.isNaN)) return each;
  return numbersColumn(Float64Array.from(each.data, code => (code < 0 ? Number.NaN : numbers[code]!)));
}

function labelsOf(segments: readonly Segment[], at: readonly (readonly [number, number] | null)[]): Int32Array {
  const cells = at.map((found): Cell => (found ? cellAt(segments[found[0]]!.label, found[1]) : null));
  const known = cells.filter(cell => cell !== null);
  if (known.every(cell => typeof cell === 'number' && Number.isInteger(cell) && cell >= 0))
    return Int32Array.from(cells, cell => Number(cell ?? 0));
  const codes = uniqueCodes(cells);
  return Int32Array.from(codes.codes);
}

/** The label columns of the audited rows, as they are. */
function labelOf(segments: readonly Segment[], at: readonly (readonly [number, number] | null)[]): Grid {
  const { labels } = segments[0]!;
  const columns = labels.columns.map((_, c) => {
    const parts = segments.map(segment => column(segment.labels, c));
    return columnOf(at.map((found): Cell => (found ? cellAt(parts[found[0]]!, found[1]) : null)));
  });
  return { ...gridOf(labels.names, columns, { height: at.length }), flat: labels.flat };
}

/** A column by its name, for every record of the files that have it; null where no file has. */
function keyOf(name: string | null, records: Records, store: DataStore): Cell[] | null {
  if (name === null) return null;
  const out = new Array<Cell>(records.total).fill(null);
  let found = false;
  for (const { grid } of store.opened()) {
    const at = grid.names.indexOf(name);
    if (at < 0 || !grid.rows || !records.has(grid.rows[0] ?? 0)) continue;
    found = true;
    cellsOf(column(grid, at)).forEach((cell, i) => {
      out[records.one(grid.rows![i]!)] = cell;
    });
  }
  return found ? out : null;
}

function peopleOf(key: string, kept: Int32Array, cells: readonly Cell[]): AuditData['people'] {
  const own = Array.from(kept, row => cells[row] ?? null);
  const people = uniqueCodes(own);
  const ids = new Array<number | string>(people.count).fill('');
  own.forEach((cell, i) => {
    ids[people.codes[i]!] = cell ?? '';
  });
  return { key, codes: Int32Array.from(people.codes), count: people.count, ids };
}

/** A column of another table by person, as a table of patients beside one of visits has it: a person's first row there counts. */
function joinedOf(name: string, person: string, key: readonly Cell[], store: DataStore): Cell[] | null {
  for (const { grid } of store.opened()) {
    const [at, by] = [grid.names.indexOf(name), grid.names.indexOf(person)];
    if (at < 0 || by < 0) continue;
    const levels = new Map<string, Cell>();
    const found = cellsOf(column(grid, at));
    cellsOf(column(grid, by)).forEach((who, row) => {
      if (who !== null && !levels.has(String(who))) levels.set(String(who), found[row] ?? null);
    });
    return key.map(who => (who === null ? null : (levels.get(String(who)) ?? null)));
  }
  return null;
}

function groupOf(name: string, cells: readonly Cell[] | null, kept: Int32Array): AuditData['groups'][number][] {
  if (!cells) return [];
  const own = Array.from(kept, row => cells[row] ?? null);
  const levels = [...new Set(own.filter(cell => cell !== null).map(String))].sort();
  const places = new Map(levels.map((level, i) => [level, i]));
  return [{ name, levels, codes: Int32Array.from(own, cell => (cell === null ? -1 : places.get(String(cell))!)) }];
}

/** All rows, or as many whole people (rows, where there are none) as fit, chosen by a fixed hash of their place. */
function thinned(sides: Uint8Array, people: readonly Cell[] | null, most: number): Int32Array {
  const all = Int32Array.from(sides.keys());
  const used = all.filter(row => sides[row] !== 2);
  if (all.length <= most) return all;
  const share = most / Math.max(1, used.length);
  const codes = people ? uniqueCodes(people).codes : null;
  const hash = (x: number): number => (Math.imul(x ^ 0x9e3779b9, 0x85ebca6b) >>> 0) / 2 ** 32;
  const mixed = (x: number): number => hash(Math.imul(x, 0xc2b2ae35) ^ (x >>> 13));
  return used.filter(row => mixed(codes ? codes[row]! : row) < share);
}
