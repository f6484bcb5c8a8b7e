import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse, type TensorInfo } from '../inspection';
import type { Limits } from '../limits';
import { type Json, parseJson, utf8 } from '../text/json';

/** Names that are listed of one object; beyond, its keys are more likely data than structure. */
const maxNames = 60;

/** `inspect` of a JSON file that is no model: records as columns, arrays of numbers by their keys. Values are never shown. */
export async function openJson(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes) refuse('The JSON file is larger than this reader allows.');
  const value = parseJson(utf8(await source.read(0, source.size), 'The JSON file'), limits.depth, 'The JSON file');
  const records = Array.isArray(value) ? value.filter(isRecord) : [];
  const isTable = Array.isArray(value) && records.length > 0 && records.length === value.length;
  const tensors = isTable ? columns(records) : arrays(value);
  return {
    inspection: inspection('json', {
      tensors,
      parameters: tensors.reduce((sum, { shape, dtype }) => sum + (dtype === 'float64' ? size(shape) : 0), 0),
      metadata: isTable ? { records: records.length, columns: tensors.length } : { kind: kindOf(value) },
      why: isTable ? 'A file of records, not a model.' : 'A JSON file that is no model of a known format.',
    }),
  };
}

const isRecord = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const size = (shape: readonly number[]): number => shape.reduce((product, each) => product * each, 1);
const kindOf = (value: Json): string => (Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : typeof value);

function columns(records: readonly { [key: string]: Json }[]): TensorInfo[] {
  const kinds = new Map<string, Set<string>>();
  for (const record of records)
    for (const [key, value] of Object.entries(record)) {
      const kind = kinds.get(key) ?? new Set();
      kind.add(value === null ? 'missing' : kindOf(value));
      kinds.set(key, kind);
    }
  if (kinds.size > maxNames)
    return [{ name: `${kinds.size} different keys`, shape: [records.length], dtype: 'object' }];
  return [...kinds].map(([name, kind]) => ({ name, shape: [records.length], dtype: typeOf(kind) }));
}

function typeOf(kinds: ReadonlySet<string>): string {
  const [only, ...others] = [...kinds].filter(kind => kind !== 'missing');
  if (others.length > 0 || only === undefined) return 'object';
  return { number: 'float64', string: 'string', boolean: 'bool' }[only] ?? 'object';
}

/** Arrays of numbers under the keys of an object, two levels deep, or the whole file where it is one. */
function arrays(value: Json): TensorInfo[] {
  const out: TensorInfo[] = [];
  const visit = (each: Json, path: string, depth: number): void => {
    const shape = shapeOf(each);
    if (shape) out.push({ name: path === '' ? 'array' : path, shape, dtype: 'float64' });
    else if (isRecord(each) && depth < 2) {
      const entries = Object.entries(each);
      if (entries.length <= maxNames)
        for (const [key, inner] of entries) visit(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    }
  };
  visit(value, '', 0);
  if (out.length === 0)
    out.push({
      name: kindOf(value),
      shape: [Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 1],
      dtype: 'object',
    });
  return out;
}

/** The shape of nested lists of numbers that are even in every dimension; null for anything else. */
function shapeOf(value: Json): number[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  if (value.every(each => typeof each === 'number')) return [value.length];
  const [first, ...others] = value.map(shapeOf);
  if (
    !first ||
    others.some(each => each === null || each.length !== first.length || each.some((n, i) => n !== first[i]))
  )
    return null;
  return [value.length, ...first];
}
