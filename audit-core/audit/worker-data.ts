import { personColumn } from '../../server/models/identifiers';
import { fileSource } from '../../server/workspace/byte-source';
import { dataAccess } from '../../server/workspace/data-access';
import type { Grid } from '../datasets/grid';
import { readMembers } from '../datasets/members-file';
import { divides, memberRows, prepareAuditData } from '../datasets/prepare';
import type { Recipe } from '../datasets/recipe';
import { DataStore } from '../datasets/store';
import type { Runtime, TableColumns } from '../runtime/runtime';
import { arrayData } from './array-data';
import { columnCells } from './cells';
import { declaredRecipe } from './declared-recipe';
import type { AuditData } from './inputs';
import { declaredFlags, type NamedMembersFile } from './members';
import type { DeclaredMembers, ScriptRequest } from './request';
import { withTarget } from './target-kind';

export interface PreparedData {
  readonly data: AuditData;
  readonly store: DataStore;
  /** Record of the data files by row of the audit (they differ where large data are thinned); null: row by row. */
  readonly origin: Int32Array | null;
  /** Records in all data files. */
  readonly total: number;
  /** Closes the data files; the store reads nothing more then. */
  readonly close: () => Promise<void>;
  /** Named columns, for a model that selects by name. */
  readonly table: TableColumns | null;
}

type Progress = (message: string, fraction: number) => void;

const refuse = (message: string): never => {
  throw new RangeError(message);
};

/** Reads the data files of an audit and makes its rows: by the script's own steps, by declared columns, or from arrays. */
export async function readAuditData(
  request: ScriptRequest,
  runtime: Runtime,
  progress: Progress,
): Promise<PreparedData> {
  const [first] = request.data;
  if (first && /\.np[yz]$/i.test(first.path) && !request.recipe) return await fromArrays(request, first.path);
  if (!first) return refuse('No data file is named: an audit needs the rows that were trained on and others.');
  const access = dataAccess(request.data, request.script);
  try {
    progress(`Reading ${first.name}`, 0);
    return {
      ...(await fromTables(request, runtime, new DataStore(access, request.limits.reading?.data), progress)),
      close: () => access.close(),
    };
  } catch (error) {
    await access.close();
    throw error;
  }
}

async function fromTables(
  request: ScriptRequest,
  runtime: Runtime,
  store: DataStore,
  progress: Progress,
): Promise<Omit<PreparedData, 'close'>> {
  const first = request.data[0]!;
  const table = await firstTable(store, first.name);
  progress('Replaying the split and the preprocessing', 0.02);
  const person = table ? personOf(request, table) : request.person;
  const notes: string[] = [];
  notes.push(membersWords(request));
  if (person !== null && person !== request.person)
    notes.push(`People are told apart by the column "${person}", by its name; declare another one by person = "…".`);
  const file = await declaredFile(request.members);
  const flags = request.members
    ? await store.run(() =>
        declaredFlags(request.members!, table ?? refuse('Members can be declared for tables only.'), file, person),
      )
    : request.split && (await splitFlags(request.split, store));
  const recipe =
    request.recipe ??
    (await store.run(() =>
      columnsRecipe(request, runtime, table ?? refuse('The data file is no table.'), first.name, flags, person, notes),
    ));
  const mixed = runtime.predictTable !== undefined;
  // What the script fits on its training rows is fitted on the declared ones, where it divides its rows at all.
  const divided = flags !== null && request.recipe !== null && (await divides(recipe, store));
  const { values } = request.limits;
  const roles = { person, groups: request.groups, mixed, ...(values !== undefined && { most: values }) };
  await openBeside(request, store);
  const prepared = await prepareAuditData(recipe, store, roles, divided ? flags : null);
  for (const name of request.groups)
    if (!prepared.groups.some(group => group.name === name))
      notes.push(
        `No table that was read has the group column "${name}"${person === null ? '' : ` for the people of "${person}"`}: name its file under data, or leave it out.`,
      );
  const data = withTarget(
    {
      ...prepared,
      members: overruled(prepared, flags && Uint8Array.from(prepared.origin, row => flags[row]!)),
      assumptions: [...prepared.assumptions, ...notes],
    },
    { label: prepared.label, target: request.target, classes: request.classes, outputKind: runtime.outputKind },
  );
  // A model that selects by name gets the features by their names, as its script gave them to it.
  return { data, store, origin: prepared.origin, total: prepared.total, table: mixed ? prepared.table : null };
}

/** By what the audit knows who was trained on. */
function membersWords({ members, script, recipe, split }: ScriptRequest): string {
  const name = script?.split(/[\\/]/).at(-1);
  if (members || !name || !(recipe ?? split))
    return 'Who was trained on is declared, and is taken to be true of this checkpoint.';
  return `Members are the rows that ${name} trains on, rebuilt from its split: this checkpoint is taken to come from that script and these data.`;
}

/** Tables that are declared beside the script's own (a table of patients with their groups): opened, so that groups are found there. */
async function openBeside({ data, groups }: ScriptRequest, store: DataStore): Promise<void> {
  const first = data[0]!;
  if (groups.length === 0) return;
  for (const { name, path } of data)
    if (name === path && name !== first.name && /\.(?:csv|tsv|tab|parquet|pq|feather|arrow|ftr)(?:\.gz)?$/i.test(name))
      await store.run(() => store.table(name, { format: 'any' }));
}

/** The first data file as a table; null where it is none (arrays, pictures). */
async function firstTable(store: DataStore, name: string): Promise<Grid | null> {
  if (/\.(?:np[yz]|pt|pth|json|txt)$/i.test(name) || !/\.[a-z0-9]+$/i.test(name)) return null;
  return await store.run(() => store.table(name, { format: 'any' }));
}

/** The members of the script's own split. */
async function splitFlags(split: Recipe, store: DataStore): Promise<Uint8Array> {
  const { rows, total } = await memberRows(split, store);
  const flags = new Uint8Array(total);
  for (const row of rows) flags[row] = 1;
  return flags;
}

async function declaredFile(members: DeclaredMembers | null): Promise<NamedMembersFile | null> {
  if (members?.kind !== 'file') return null;
  const source = await fileSource(members.path);
  try {
    return { content: await readMembers(source), name: source.name };
  } finally {
    await source.close();
  }
}

async function fromArrays(request: ScriptRequest, path: string): Promise<PreparedData> {
  const { inputs, person, members } = request;
  const file = await declaredFile(members);
  const source = await fileSource(path);
  try {
    const data = await arrayData(source, { inputs, person, members, file });
    return {
      data: { ...data, target: request.target ?? data.target },
      store: new DataStore(dataAccess(request.data, request.script), request.limits.reading?.data),
      origin: null,
      total: data.rows,
      table: null,
      close: async () => {},
    };
  } finally {
    await source.close();
  }
}

/** The declared key, else the first column that is declared or known to tell people apart. */
function personOf({ person, subjects }: ScriptRequest, table: Grid): string | null {
  if (person !== null)
    return table.names.includes(person)
      ? person
      : refuse(`The data have no column "${person}" that tells people apart.`);
  return personColumn(table.names, subjects);
}

/** Declared flags over those of the script's split; a row whose inputs are not whole stays out. */
function overruled(data: AuditData, flags: Uint8Array | null): Uint8Array {
  if (!flags) return data.members;
  const width = data.features.data.length / Math.max(1, data.rows);
  return data.members.map((member, row) => {
    if (member < 2) return flags[row]!;
    const broken = data.features.data.subarray(row * width, (row + 1) * width).some(Number.isNaN);
    return flags[row] === 1 && !broken ? 1 : 2;
  });
}

/** The recipe of declared columns; where no features are declared, the numeric columns that are nothing else and fit the model. */
function columnsRecipe(
  request: ScriptRequest,
  runtime: Runtime,
  table: Grid,
  name: string,
  flags: Uint8Array | null,
  person: string | null,
  notes: string[],
): Recipe {
  const { label, steps } = request.inputs;
  if (!flags) return refuse('Nothing says who was trained on: give --members FILE, or members = … in the audit entry.');
  if (!label) return refuse('Nothing says what the model predicts: name the column, label = "…" in the audit entry.');
  const unknown = [...label, ...(request.inputs.features ?? [])].find(column => !table.names.includes(column));
  if (unknown !== undefined) return refuse(`The data have no column "${unknown}".`);
  const features = request.inputs.features ?? guessedFeatures(request, runtime, table, label, person);
  if (request.inputs.features === null)
    notes.push(
      `The features are the ${features.length} columns other than label, person, groups and members, in the order of the file.`,
    );
  return declaredRecipe(name, features, label, steps, flags);
}

function guessedFeatures(
  { groups, members }: ScriptRequest,
  runtime: Runtime,
  table: Grid,
  label: readonly string[],
  person: string | null,
): string[] {
  const taken = new Set([...label, ...groups, person, members?.kind === 'column' ? members.column : null]);
  const others = table.names.filter(column => !taken.has(column));
  const numeric = others.filter(column => columnCells(table, column)!.every(cell => typeof cell !== 'string'));
  const wanted = runtime.inputs[0]?.shape.at(-1) ?? -1;
  if (numeric.length === wanted || (wanted < 0 && !runtime.predictTable)) return numeric;
  // A pipeline encodes text itself.
  if (runtime.predictTable && (others.length === wanted || wanted < 0)) return others;
  return refuse(
    `The model takes ${wanted} numbers a row and the data have ${numeric.length} numeric columns: name them in the model's order, features = […] in the audit entry.`,
  );
}
