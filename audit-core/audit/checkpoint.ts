import { predictAll, predictTable } from '../runtime/batches';
import type { Runtime, TableColumns, Tensor } from '../runtime/runtime';
import { type AuditOptions, audit } from './audit';
import type { AuditData, PersonKey } from './inputs';
import { type AuditLimits, defaultAuditLimits } from './request';
import type { AuditOutcome } from './result';
import { limitPeople } from './subsample';
import { scoresOf } from './targets';

export interface CheckpointAuditOptions extends Omit<AuditOptions, 'features'> {
  /** Rows and seconds at most; more is thinned by whole people, and the report says so. */
  readonly limits?: AuditLimits;
  /** Models that saw none of the rows: the base before fine-tuning, an earlier release. */
  readonly references?: readonly { readonly name: string; readonly runtime: Runtime }[];
  /** Named columns, for models that select by name. */
  readonly table?: TableColumns;
}

/** Runs the model (and its references) over the audited rows and audits what it answers. */
export async function auditCheckpoint(
  whole: AuditData,
  runtime: Runtime,
  options: CheckpointAuditOptions = {},
): Promise<AuditOutcome> {
  const { progress = () => {}, limits = defaultAuditLimits, references = [], signal } = options;
  const notes: string[] = [];
  const models = 1 + references.length;
  let kept = limitPeople(whole, limits.rows, `the limit of ${limits.rows} rows`);
  const started = performance.now();
  if (limits.seconds !== null) {
    const rows = await affordable(whole, kept.rows, { runtime, models, seconds: limits.seconds, table: options.table });
    const left = limits.seconds - (performance.now() - started) / 1000;
    if (rows < kept.rows.length && left < limits.seconds)
      kept = limitPeople(whole, rows, `the time limit of ${limits.seconds} s`);
  }
  const data = takeRows(whole, kept.rows);
  const ask = async (each: Runtime, index: number): Promise<Tensor> => {
    const share = (done: number): number => 0.05 + 0.25 * ((index + done) / models);
    progress(
      `Scoring ${data.rows} records${index > 0 ? ` (reference ${index} of ${references.length})` : ''}`,
      share(0),
    );
    if (options.table && each.predictTable) return await predictTable(each, takeTable(options.table, kept.rows));
    return await predictParts(
      each,
      data.features,
      done => progress(`Scoring ${data.rows} records`, share(done)),
      signal,
    );
  };
  const outputs = await ask(runtime, 0);
  const others: { runtime: Runtime; outputs: Tensor }[] = [];
  for (const [index, reference] of references.entries()) {
    const answer = await ask(reference.runtime, index + 1);
    if (sizeOf(answer) === sizeOf(outputs)) {
      others.push({ runtime: reference.runtime, outputs: answer });
      notes.push(`${reference.name} is taken for a model that saw none of these rows.`);
    } else
      notes.push(
        `${reference.name} gives ${sizeOf(answer)} outputs per row and the audited model ${sizeOf(outputs)}: it is no reference and was left out.`,
      );
  }
  const arrays = scoresOf(data, { runtime, outputs }, others);
  const width = sizeOf(data.features);
  return audit(arrays, {
    ...options,
    features: { data: data.features.data, width },
    assumptions: [...data.assumptions, ...(options.assumptions ?? []), ...kept.notes, ...notes],
    progress: (message, fraction) => progress(message, 0.3 + 0.7 * fraction),
  });
}

const sizeOf = ({ shape }: Tensor): number => shape.slice(1).reduce((product, size) => product * size, 1);

interface ProbeOptions {
  readonly runtime: Runtime;
  readonly models: number;
  readonly seconds: number;
  readonly table: TableColumns | undefined;
}

/** Rows that the time allows, from the speed of two small batches; at least 400. */
async function affordable(
  data: AuditData,
  rows: Int32Array,
  { runtime, models, seconds, table }: ProbeOptions,
): Promise<number> {
  const few = rows.subarray(0, Math.min(256, rows.length));
  const probe = takeRows(data, few).features;
  const ask = async (): Promise<Tensor> =>
    table && runtime.predictTable
      ? await predictTable(runtime, takeTable(table, few))
      : await predictAll(runtime, probe);
  // The first call compiles and allocates; the second is timed.
  await ask();
  const start = performance.now();
  await ask();
  const perRow = (performance.now() - start) / 1000 / Math.max(1, few.length);
  return Math.max(400, Math.floor((0.8 * seconds) / (perRow * models)));
}

/** All rows in parts, so that progress moves and a cancelled audit stops between two. */
async function predictParts(
  runtime: Runtime,
  features: Tensor,
  done: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<Tensor> {
  const [rows = 0, ...rest] = features.shape;
  const width = sizeOf(features);
  const part = Math.max(1024, Math.ceil(rows / 20 / 1024) * 1024);
  const parts: Tensor[] = [];
  for (let start = 0; start < rows; start += part) {
    const end = Math.min(rows, start + part);
    const slice = { data: features.data.subarray(start * width, end * width), shape: [end - start, ...rest] } as Tensor;
    parts.push(await predictAll(runtime, slice, signal ? { signal } : {}));
    done(end / rows);
  }
  if (parts.length === 1) return parts[0]!;
  const data = new Float64Array(parts.reduce((sum, each) => sum + each.data.length, 0));
  let at = 0;
  for (const each of parts) {
    data.set(each.data instanceof BigInt64Array ? Array.from(each.data, Number) : each.data, at);
    at += each.data.length;
  }
  return { data, shape: [rows, ...(parts[0]?.shape.slice(1) ?? [])] };
}

/** The rows in the shape that the model takes, where only the shape differs: 64 columns for an input of 64 × 1. */
export function asInput(data: AuditData, runtime: Runtime): AuditData {
  const wanted = runtime.inputs.length === 1 ? (runtime.inputs[0]?.shape.slice(1) ?? []) : [];
  const own = data.features.shape.slice(1);
  const same = wanted.length === own.length;
  if (same || wanted.length === 0 || wanted.some(size => size < 1)) return data;
  if (wanted.reduce((product, size) => product * size, 1) !== sizeOf(data.features)) return data;
  return { ...data, features: { data: data.features.data, shape: [data.rows, ...wanted] } };
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
