import type { ByteSource } from '../checkpoints/byte-source';
import { CheckpointError } from '../checkpoints/inspection';
import { defaultLimits } from '../checkpoints/limits';
import { readNumpyArchive } from './npy';

/** What `--members FILE` says: people by id, rows by 0-based index, or one flag per row. */
export type MembersFile =
  | { readonly kind: 'people'; readonly key: string; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'rows'; readonly rows: readonly number[] }
  | { readonly kind: 'mask'; readonly mask: Uint8Array };

const largest = 64 << 20;

/** Reads a members file: JSON `{"person_key", "members"}` or a JSON list of row indexes, `.npy`, or one index a line. */
export async function readMembers(source: ByteSource): Promise<MembersFile> {
  if (source.size > largest) bad(source, `has ${source.size} bytes; the limit is ${largest}`);
  const bytes = await source.read(0, source.size);
  if (bytes[0] === 0x93 || (bytes[0] === 0x50 && bytes[1] === 0x4b)) return await fromNumpy(source);
  const text = new TextDecoder('utf-8').decode(bytes).trim();
  if (text.startsWith('{') || text.startsWith('[')) return fromJson(source, text);
  const words = text.split(/[\s,;]+/).filter(word => word !== '');
  return fromNumbers(source, words.map(Number));
}

const bad = (source: ByteSource, what: string): never => {
  throw new CheckpointError(`The members file ${source.name} ${what}.`);
};

async function fromNumpy(source: ByteSource): Promise<MembersFile> {
  const arrays = await readNumpyArchive(source, defaultLimits, 'members');
  const array = arrays.get('members') ?? [...arrays.values()][0];
  if (array?.shape.length !== 1) return bad(source, 'must hold one array with one dimension');
  const values = await array.numbers();
  if (array.dtype === 'bool') return { kind: 'mask', mask: Uint8Array.from(values) };
  return fromNumbers(source, Array.from(values));
}

function fromJson(source: ByteSource, text: string): MembersFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad(source, 'is not valid JSON');
  }
  if (Array.isArray(value)) return fromList(source, value);
  const { person_key: key, members } = value as { person_key?: unknown; members?: unknown };
  if (!Array.isArray(members)) return bad(source, 'has no list "members"');
  if (key === undefined) return fromList(source, members);
  if (typeof key !== 'string') return bad(source, 'has a "person_key" that is not a column name');
  if (!members.every(each => typeof each === 'string' || typeof each === 'number'))
    return bad(source, 'has members that are neither text nor numbers');
  return { kind: 'people', key, ids: new Set(members.map(String)) };
}

function fromList(source: ByteSource, values: readonly unknown[]): MembersFile {
  if (values.length > 0 && values.every(each => typeof each === 'boolean'))
    return { kind: 'mask', mask: Uint8Array.from(values, each => (each ? 1 : 0)) };
  if (!values.every(each => typeof each === 'number')) return bad(source, 'must list row indexes as numbers');
  return fromNumbers(source, values);
}

function fromNumbers(source: ByteSource, rows: readonly number[]): MembersFile {
  if (rows.length === 0) return bad(source, 'names no row');
  const wrong = rows.findIndex(row => !Number.isInteger(row) || row < 0);
  if (wrong >= 0) return bad(source, `has an entry (number ${wrong + 1}) that is no row index (0-based)`);
  return { kind: 'rows', rows };
}

/** The file as one flag per row; `ids` are the person ids of the rows where the file lists people. */
export function memberFlags(
  file: MembersFile,
  rows: number,
  ids: readonly (string | number | null)[] | null,
  name = 'The members file',
): Uint8Array {
  const flags = new Uint8Array(rows);
  if (file.kind === 'mask') {
    if (file.mask.length !== rows)
      throw new CheckpointError(`${name} has ${file.mask.length} flags; the data have ${rows} rows.`);
    flags.set(file.mask);
  } else if (file.kind === 'rows') {
    for (const row of file.rows) {
      if (row >= rows) throw new CheckpointError(`${name} names row ${row}; the data have ${rows} rows (0-based).`);
      flags[row] = 1;
    }
  } else {
    if (!ids) throw new CheckpointError(`${name} lists people by "${file.key}", which the data do not have.`);
    for (const [row, id] of ids.entries()) if (id !== null && file.ids.has(String(id))) flags[row] = 1;
  }
  const inside = flags.reduce((sum, each) => sum + each, 0);
  if (inside === 0 || inside === rows)
    throw new CheckpointError(
      `${name} makes ${inside === 0 ? 'no row a member' : 'every row a member'}; an audit needs both kinds.`,
    );
  return flags;
}
