import type { ByteSource } from '../checkpoints/byte-source';
import { defaultLimits } from '../checkpoints/limits';
import { memberFlags } from '../datasets/members-file';
import { type NumpyArray, readNumpyArchive } from '../datasets/npy';
import type { AuditData, GroupColumn, PersonKey } from './inputs';
import { type NamedMembersFile, rowFlags } from './members';
import type { DeclaredInputs, DeclaredMembers } from './request';

const refuse = (message: string): never => {
  throw new RangeError(message);
};

/** Names under which arrays are looked for, in order. */
const usual = {
  features: ['X', 'x', 'features', 'inputs', 'images', 'signals', 'data'],
  label: ['y', 'Y', 'labels', 'label', 'targets', 'target'],
  members: ['members', 'member', 'train', 'is_train'],
  people: ['people', 'person', 'person_id', 'patient', 'patient_id', 'subject', 'subject_id'],
} as const;

export interface ArrayQuestion {
  readonly inputs: DeclaredInputs;
  readonly person: string | null;
  readonly members: DeclaredMembers | null;
  readonly file: NamedMembersFile | null;
}

/**
 * Rows from `.npz` arrays as the model takes them: inputs `[N, …]`, labels `[N]` or `[N, L]`, and optionally `members [N]`, `people [N]` and
 * `groups_<name> [N]`. Declared names go before the usual ones.
 */
export async function arrayData(
  source: ByteSource,
  { inputs, person, members, file }: ArrayQuestion,
): Promise<AuditData> {
  const arrays = await readNumpyArchive(source, defaultLimits, 'X');
  const listed = [...arrays.keys()].slice(0, 12).join(', ');
  const find = (names: readonly string[]): NumpyArray | undefined =>
    names.map(name => arrays.get(name)).find(array => array !== undefined);
  const x = find(inputs.features ?? usual.features);
  if (!x) return refuse(`${source.name}: no array holds the inputs (features); it has ${listed}.`);
  const rows = x.shape[0] ?? 0;
  const labels = find(inputs.label ?? usual.label);
  if (!labels) return refuse(`${source.name}: no array holds the labels; it has ${listed}. Name it: label = "…".`);
  const [count = 0, width = 1] = labels.shape;
  if (count !== rows || labels.shape.length > 2)
    return refuse(
      `${source.name}: "${labels.name}" has the shape [${labels.shape.join(', ')}] and "${x.name}" has ${rows} rows.`,
    );
  const values = Float64Array.from(await labels.numbers());
  const people = await peopleOf(person === null ? find(usual.people) : arrays.get(person), rows);
  const ids = people && Array.from(people.codes, code => people.ids[code] ?? null);
  const flags = file
    ? memberFlags(file.content, rows, ids, file.name)
    : members?.kind === 'rows' || members?.kind === 'range'
      ? rowFlags(members, rows)
      : await memberFlagsOf(
          members?.kind === 'column' ? arrays.get(members.column) : find(usual.members),
          rows,
          source.name,
        );
  const features = Float32Array.from(await x.numbers());
  const size = rows === 0 ? 0 : features.length / rows;
  for (let row = 0; row < rows; row++)
    if (features.subarray(row * size, (row + 1) * size).some(Number.isNaN)) flags[row] = 2;
  const whole = values.every(Number.isInteger);
  const several = width > 1 && labels.shape.length === 2;
  const target = several ? (values.every(v => v === 0 || v === 1) ? 'multi-label' : 'regression') : 'classes';
  return {
    features: { data: features, shape: x.shape.length === 1 ? [rows, 1] : x.shape },
    rows,
    columns: [],
    target: !several && !whole ? 'regression' : target,
    labels: several || !whole ? new Int32Array(0) : Int32Array.from(values),
    targets: several || !whole ? { data: values, width } : null,
    members: flags,
    people,
    groups: await groupsOf(arrays, rows),
    assumptions: [],
  };
}

async function memberFlagsOf(array: NumpyArray | undefined, rows: number, file: string): Promise<Uint8Array> {
  if (array?.shape.length !== 1)
    return refuse(`${file}: nothing says who was trained on; add an array "members" or give --members FILE.`);
  const values = await array.numbers();
  if (array.dtype === 'bool' || (values.length === rows && values.every(v => v === 0 || v === 1)))
    return values.length === rows
      ? Uint8Array.from(values)
      : refuse(`${file}: "${array.name}" has ${values.length} flags for ${rows} rows.`);
  const flags = new Uint8Array(rows);
  for (const row of values) {
    if (!(Number.isInteger(row) && row >= 0 && row < rows))
      return refuse(`${file}: "${array.name}" holds no row indexes.`);
    flags[row] = 1;
  }
  return flags;
}

const isText = ({ dtype }: NumpyArray): boolean => dtype === 'str' || dtype === 'bytes';

async function peopleOf(array: NumpyArray | undefined, rows: number): Promise<PersonKey | null> {
  if (array?.shape.length !== 1 || array.shape[0] !== rows) return null;
  const values: ArrayLike<string | number> = isText(array) ? await array.strings() : await array.numbers();
  const ids = [...new Set(Array.from(values))].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : a < b ? -1 : 1,
  );
  const code = new Map(ids.map((id, index) => [id, index]));
  return { key: array.name, ids, count: ids.length, codes: Int32Array.from(values, value => code.get(value)!) };
}

async function groupsOf(arrays: ReadonlyMap<string, NumpyArray>, rows: number): Promise<GroupColumn[]> {
  const out: GroupColumn[] = [];
  for (const [name, array] of arrays) {
    if (!name.startsWith('groups_') || array.shape.length !== 1 || array.shape[0] !== rows) continue;
    const values = isText(array) ? await array.strings() : Array.from(await array.numbers(), String);
    const levels = [...new Set(values.filter(value => value !== '' && value !== 'NaN'))].sort();
    const code = new Map(levels.map((level, index) => [level, index]));
    out.push({ name: name.slice(7), levels, codes: Int32Array.from(values, value => code.get(value) ?? -1) });
  }
  return out;
}
