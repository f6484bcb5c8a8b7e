import { predictAll, predictTable } from '../runtime/batches';
import { classScores } from '../runtime/logits';
import type { Runtime, TableColumns } from '../runtime/runtime';
import { type AuditOptions, audit } from './audit';
import type { AuditData, PersonKey, ScoreArrays } from './inputs';
import type { AuditOutcome } from './result';
import { limitPeople } from './subsample';
import { asLosses } from './targets';

export interface CheckpointAuditOptions extends Omit<AuditOptions, 'features'> {
  /** Rows at most; more are thinned by whole people, and the report says so. */
  readonly maxRows?: number;
  /** Named columns, for models that select by name. */
  readonly table?: TableColumns;
}

/** Runs the model once over the audited rows and audits what it answers. */
export async function auditCheckpoint(
  whole: AuditData,
  runtime: Runtime,
  options: CheckpointAuditOptions = {},
): Promise<AuditOutcome> {
  const { progress = () => {}, maxRows = 200_000 } = options;
  const kept = limitPeople(whole, maxRows);
  const data = takeRows(whole, kept.rows);
  progress(`Scoring ${data.rows} records`, 0.05);
  const pass = options.signal ? { signal: options.signal } : {};
  const outputs =
    options.table && runtime.predictTable
      ? await predictTable(runtime, takeTable(options.table, kept.rows))
      : await predictAll(runtime, data.features, pass);
  const arrays = arraysOf(data, outputs, runtime);
  const width = data.features.shape.slice(1).reduce((product, size) => product * size, 1);
  return audit(arrays, {
    ...options,
    features: { data: data.features.data, width },
    assumptions: [...data.assumptions, ...(options.assumptions ?? []), ...kept.notes],
    progress: (message, fraction) => progress(message, 0.3 + 0.7 * fraction),
  });
}

function arraysOf(data: AuditData, outputs: Awaited<ReturnType<Runtime['predict']>>, runtime: Runtime): ScoreArrays {
  const base = {
    rows: data.rows,
    models: 1,
    members: data.members,
    people: data.people,
    groups: data.groups,
    ids: null,
  };
  if (data.target !== 'classes')
    return { ...base, ...asLosses(data, outputs, runtime.outputKind), logits: null, classes: 0 };
  const { logits, classes } = classScores(outputs, runtime.outputKind);
  const wrong = data.labels.findIndex(label => label < 0 || label >= classes);
  if (wrong >= 0)
    throw new RangeError(
      `The model has ${classes} classes, but the label of row ${wrong} is not between 0 and ${classes - 1}; check the label column and its mapping.`,
    );
  return { ...base, logits, classes, losses: null, labels: data.labels };
}

/** The given rows of the data, people renumbered so that only those present count. */
export function takeRows(data: AuditData, rows: Int32Array): AuditData {
  const width = data.features.shape.slice(1).reduce((product, size) => product * size, 1);
  const values = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries())
    values.set(data.features.data.subarray(row * width, (row + 1) * width), at * width);
  const pick = (codes: Int32Array): Int32Array => Int32Array.from(rows, row => codes[row]!);
  const { targets } = data;
  return {
    ...data,
    rows: rows.length,
    features: { data: values, shape: [rows.length, ...data.features.shape.slice(1)] },
    labels: data.labels.length > 0 ? pick(data.labels) : data.labels,
    targets: targets && {
      width: targets.width,
      data: Float64Array.from(
        { length: rows.length * targets.width },
        (_, at) => targets.data[rows[Math.floor(at / targets.width)]! * targets.width + (at % targets.width)]!,
      ),
    },
    members: Uint8Array.from(rows, row => data.members[row]!),
    people: data.people && renumber(data.people, rows),
    groups: data.groups.map(column => ({ ...column, codes: pick(column.codes) })),
  };
}

function renumber(people: PersonKey, rows: Int32Array): PersonKey {
  const present = new Int32Array(people.count).fill(-1);
  for (const row of rows) present[people.codes[row]!] = 0;
  const ids: (string | number)[] = [];
  for (let code = 0; code < people.count; code++)
    if (present[code] === 0) {
      present[code] = ids.length;
      ids.push(people.ids[code] ?? code);
    }
  return { key: people.key, ids, count: ids.length, codes: Int32Array.from(rows, row => present[people.codes[row]!]!) };
}

function takeTable(table: TableColumns, rows: Int32Array): TableColumns {
  return new Map([...table].map(([name, values]) => [name, Array.from(rows, row => values[row] ?? null)]));
}
