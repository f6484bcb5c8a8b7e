import type { GroupColumn, PersonKey, ScoreArrays } from '../audit/inputs';
import type { ByteSource } from '../checkpoints/byte-source';
import { CheckpointError } from '../checkpoints/inspection';
import { defaultLimits, type Limits } from '../checkpoints/limits';
import { type NumpyArray, readNumpyArchive } from './npy';

/** Reads score arrays (`--scores`): `logits [K,N,C]` or `losses [K,N]`, `labels`, `members`, optional `people`, `groups_*`, `ids`. */
export async function readScoreArrays(source: ByteSource, limits: Limits = defaultLimits): Promise<ScoreArrays> {
  const arrays = await readNumpyArchive(source, limits, 'logits');
  const logits = arrays.get('logits');
  const losses = arrays.get('losses');
  const scores = logits ?? losses;
  if (!scores)
    return bad(`${source.name} has neither "logits" [K, N, C] nor "losses" [K, N]; it has ${listed(arrays)}.`);
  const [models = 0, rows = 0, classes = 0] = logits ? shapeOf(logits, 3) : [...shapeOf(scores, 2), 0];
  if (models < 1 || rows < 2)
    bad(`"${scores.name}" has the shape [${scores.shape.join(', ')}]; at least one model and two rows are needed.`);
  if (logits && classes < 2)
    bad('"logits" needs at least two classes; give one sigmoid logit s as the two columns 0, s.');
  const values = await scores.numbers();
  requireFinite(values, scores.name);
  const labels = logits ? await labelsOf(need(arrays, 'labels', source.name), rows, classes) : new Int32Array(rows);
  return {
    rows,
    models,
    classes,
    logits: logits ? values : null,
    losses: logits ? null : Float64Array.from(values),
    labels,
    members: await membersOf(need(arrays, 'members', source.name), models, rows),
    people: await peopleOf(arrays.get('people'), rows),
    groups: await groupsOf(arrays, rows),
    ids: await idsOf(arrays.get('ids'), rows),
  };
}

const bad = (message: string): never => {
  throw new CheckpointError(message);
};

const listed = (arrays: ReadonlyMap<string, NumpyArray>): string =>
  [...arrays.keys()]
    .slice(0, 12)
    .map(name => `"${name.slice(0, 40)}"`)
    .join(', ') || 'no arrays';

const need = (arrays: ReadonlyMap<string, NumpyArray>, name: string, file: string): NumpyArray =>
  arrays.get(name) ?? bad(`${file} has no array "${name}"; it has ${listed(arrays)}.`);

function shapeOf(array: NumpyArray, rank: number): readonly number[] {
  if (array.shape.length !== rank)
    bad(`"${array.name}" has ${array.shape.length} dimensions; ${rank} are needed (models first, then rows).`);
  return array.shape;
}

function requireFinite(values: Float32Array | Float64Array, name: string): void {
  let broken = 0;
  for (const value of values) if (!Number.isFinite(value)) broken++;
  if (broken > 0) bad(`"${name}" has ${broken} values that are not finite numbers; remove those rows or models.`);
}

async function labelsOf(array: NumpyArray, rows: number, classes: number): Promise<Int32Array> {
  if (array.shape.length !== 1 || array.shape[0] !== rows)
    bad(`"labels" has the shape [${array.shape.join(', ')}]; [${rows}] is needed.`);
  const values = await array.numbers();
  const wrong = values.findIndex(value => !Number.isInteger(value) || value < 0 || value >= classes);
  if (wrong >= 0) bad(`"labels" at row ${wrong} is not a class index between 0 and ${classes - 1}.`);
  return Int32Array.from(values);
}

async function membersOf(array: NumpyArray, models: number, rows: number): Promise<Uint8Array> {
  const whole = array.shape.length === 2 && array.shape[0] === models && array.shape[1] === rows;
  const one =
    (array.shape.length === 1 && array.shape[0] === rows) ||
    (array.shape.length === 2 && array.shape[0] === 1 && array.shape[1] === rows);
  if (!whole && !one)
    bad(`"members" has the shape [${array.shape.join(', ')}]; [${rows}] or [${models}, ${rows}] is needed.`);
  const values = await array.numbers();
  // Only the target's members known: references are taken as trained without any of these rows.
  const out = new Uint8Array(models * rows);
  for (const [index, value] of values.entries()) out[index] = value === 0 ? 0 : 1;
  const inside = out.subarray(0, rows).reduce((sum, value) => sum + value, 0);
  if (inside === 0 || inside === rows)
    bad(`"members" says that ${inside === 0 ? 'no row was' : 'every row was'} trained on; an audit needs both kinds.`);
  return out;
}

/** Codes people by ascending id (numbers by value, text by code unit). */
async function peopleOf(array: NumpyArray | undefined, rows: number): Promise<PersonKey | null> {
  if (!array) return null;
  if (array.shape.length !== 1 || array.shape[0] !== rows)
    bad(`"people" has the shape [${array.shape.join(', ')}]; [${rows}] is needed.`);
  const values: readonly (string | number)[] = isText(array)
    ? await array.strings()
    : Array.from(await array.numbers());
  return codePeople('people', values);
}

/** Turns one id per row into codes in ascending order of id. */
export function codePeople(key: string, values: readonly (string | number)[]): PersonKey {
  const ids = [...new Set(values)].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  );
  const code = new Map(ids.map((id, index) => [id, index]));
  return { key, ids, count: ids.length, codes: Int32Array.from(values, value => code.get(value)!) };
}

async function groupsOf(arrays: ReadonlyMap<string, NumpyArray>, rows: number): Promise<GroupColumn[]> {
  const groups: GroupColumn[] = [];
  for (const [name, array] of arrays) {
    if (!name.startsWith('groups_')) continue;
    if (array.shape.length !== 1 || array.shape[0] !== rows)
      bad(`"${name}" has the shape [${array.shape.join(', ')}]; [${rows}] is needed.`);
    const values = isText(array) ? await array.strings() : Array.from(await array.numbers(), String);
    const levels = [...new Set(values.filter(value => value !== '' && value !== 'NaN'))].sort();
    const code = new Map(levels.map((level, index) => [level, index]));
    groups.push({ name: name.slice(7), levels, codes: Int32Array.from(values, value => code.get(value) ?? -1) });
  }
  return groups;
}

async function idsOf(array: NumpyArray | undefined, rows: number): Promise<Float64Array | null> {
  if (!array || isText(array) || array.shape.length !== 1 || array.shape[0] !== rows) return null;
  return Float64Array.from(await array.numbers());
}

const isText = (array: NumpyArray): boolean => array.dtype === 'str' || array.dtype === 'bytes';
