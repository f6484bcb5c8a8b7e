import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { CheckpointError, type Hazard, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { checkValue, readPickle, readTrailing } from '../pickle/read';
import { asNumber, classOf, dictEntries, isKind, items, type PyValue } from '../pickle/values';
import { itemSize, type LazyTensor } from '../tensors';
import { readZip, type ZipDirectory, type ZipEntry } from '../zip/directory';
import { entrySource, readEntry } from '../zip/entry';
import { modelStateDict } from './state-dict';
import { collectTensors, type Storage, storageDtype } from './tensors';
import { wordsOfWeights } from './words';

/** Opens what `torch.save` wrote: the zip archive, or the stream of pickles of before torch 1.6. */
export async function openTorch(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const head = await source.read(0, 2);
  return head[0] === 0x50 && head[1] === 0x4b
    ? await openZip(source, limits)
    : await (await import('./legacy')).openLegacy(source, limits);
}

async function openZip(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const directory = await readZip(source, limits);
  const { entries } = directory;
  const roots = [...entries.keys()].filter(name => name === 'data.pkl' || name.endsWith('/data.pkl'));
  if (roots.length === 0) refuse('The archive has no data.pkl; it is no torch file, or it is broken.');
  const warnings = [...directory.warnings];
  const hazards: Hazard[] = [];
  if (roots.length > 1) {
    hazards.push({
      kind: 'archive-trick',
      message: `The archive holds ${roots.length} files called data.pkl; which one is loaded depends on the reader.`,
    });
  }
  const root = roots[0] ?? '';
  const base = root.slice(0, -'data.pkl'.length);
  const bigEndian = (await recordText(source, entries.get(`${base}byteorder`), limits)) === 'big';
  if (bigEndian) warnings.push('The tensors are stored big-endian.');
  for (const other of roots.slice(1)) {
    const entry = entries.get(other);
    if (!entry) continue;
    hazards.push(
      ...(await readPickle(await entrySource(source, entry, limits), 0, { limits, persistent: true })).hazards,
    );
  }
  const pickle = entries.get(root);
  if (!pickle) refuse('The archive has no data.pkl.');
  // A stored pickle is checked against its checksum when it is small enough to be read whole.
  const bytes = pickle.size <= limits.structureBytes ? await readEntry(source, pickle, limits) : null;
  const inner = bytes
    ? {
        ...(await entrySource(source, pickle, limits)),
        read: async (from: number, to: number) => bytes.subarray(from, to),
      }
    : await entrySource(source, pickle, limits);
  const read = await readPickle(inner, 0, { limits, persistent: true });
  const trailing = await readTrailing(inner, read.end, { limits, persistent: true });
  hazards.push(...read.hazards, ...trailing.hazards);
  warnings.push(...trailing.warnings, ...checkValue(read.value, limits));
  const scripted = [...entries.keys()].filter(name => name.startsWith(`${base}code/`) && name.endsWith('.py'));
  if (scripted.length > 0 || entries.has(`${base}constants.pkl`)) {
    const script = await import('../torchscript');
    return await script.openTorchScript({
      source,
      directory,
      base,
      value: read.value,
      hazards,
      warnings,
      limits,
      lookup: storages(source, directory, base, bigEndian),
    });
  }
  return describe('torch zip', read.value, storages(source, directory, base, bigEndian), hazards, warnings, limits, {
    protocol: read.protocol,
  });
}

/** Finds storages in the archive's `data/` records (those of TorchScript's constants in `constants/`). */
export function storages(
  source: ByteSource,
  directory: ZipDirectory,
  base: string,
  bigEndian: boolean,
  folder: 'data' | 'constants' = 'data',
): (id: PyValue) => Storage {
  return id => {
    const parts = items(id) ?? [];
    if (parts[0] !== 'storage') refuse('The file refers to something outside itself that is no storage.');
    const dtype = storageDtype(parts[1]);
    const key = typeof parts[2] === 'string' ? parts[2] : refuse('A storage has no name.');
    if (!/^[\w.-]+$/.test(key) || key.includes('..'))
      refuse(`The storage "${key.slice(0, 40)}" would lie outside the archive's data.`);
    const count = asNumber(parts[4]) ?? 0;
    const entry = directory.entries.get(`${base}${folder}/${key}`) ?? directory.entries.get(`${base}${key}`);
    if (!entry) refuse(`The storage "${key}" is missing in the archive; the file is broken.`);
    if (entry.method !== 0) refuse(`The storage "${key}" is compressed, which torch never writes.`);
    const bytes = count * itemSize(dtype);
    if (!(count >= 0) || bytes > entry.size)
      refuse(`The storage "${key}" says ${count} numbers, but the archive has ${entry.size} bytes of it.`);
    return {
      dtype,
      count,
      bytes: entry.size,
      bigEndian,
      read: (start, end) => source.read(entry.data + start, entry.data + Math.min(end, entry.size)),
    };
  };
}

async function recordText(source: ByteSource, entry: ZipEntry | undefined, limits: Limits): Promise<string> {
  return entry && entry.size < 64 ? new TextDecoder().decode(await readEntry(source, entry, limits)).trim() : '';
}

/** The report of a torch pickle, whichever container it came in. */
export function describe(
  format: string,
  value: PyValue,
  lookup: (id: PyValue) => Storage,
  hazards: readonly Hazard[],
  warnings: readonly string[],
  limits: Limits,
  metadata: Record<string, string | number>,
): Checkpoint {
  let tensors: Map<string, LazyTensor>;
  try {
    tensors = collectTensors(value, lookup, limits.tensors);
  } catch (error) {
    if (error instanceof CheckpointError && hazards[0]) throw new CheckpointError(error.message, hazards[0]);
    throw error;
  }
  const module = classOf(value);
  const isModule =
    isKind(value, 'object') && module !== '' && dictEntries(value) === null && !module.startsWith('torch._utils');
  const stateDict = modelStateDict(tensors, isModule ? new Set() : nestedKeys(value, tensors));
  const listed = [...tensors.values()].map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const kind = isModule ? `${format}, whole module` : format;
  const facts = { ...metadata, ...(isModule ? { class: module } : {}), ...topKeys(value), ...producer(value) };
  const report = inspection(kind, {
    tensors: listed,
    parameters: [...stateDict.values()].reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
    hazards:
      isModule && !hazards.length
        ? [
            {
              kind: 'custom-code',
              message: `The file is a whole Python object (${module}); loading it runs unpickling code. Save the state_dict instead.`,
            },
          ]
        : hazards,
    warnings,
    metadata: facts,
    architecture: wordsOfWeights(stateDict.values()),
    why: 'Weights without an architecture; the training script gives it to them (score --script), or an export to ONNX.',
  });
  return stateDict.size > 0 ? { inspection: report, stateDict } : { inspection: report };
}

/** Keys of the outermost dictionary whose values are no tensors themselves. */
function nestedKeys(value: PyValue, tensors: ReadonlyMap<string, LazyTensor>): Set<string> {
  return new Set(
    (dictEntries(value) ?? []).flatMap(([key]) => (typeof key === 'string' && !tensors.has(key) ? [key] : [])),
  );
}

function topKeys(value: PyValue): Record<string, string> {
  const entries = dictEntries(value);
  const keys =
    entries
      ?.filter(([key, each]) => typeof key === 'string' && !(isKind(each, 'object') && /_rebuild/.test(classOf(each))))
      .map(([key]) => String(key)) ?? [];
  return keys.length > 0 ? { keys: keys.slice(0, 20).join(', ').slice(0, 300) } : {};
}

function producer(value: PyValue): Record<string, string> {
  const version = dictEntries(value)?.find(([key]) => key === 'pytorch-lightning_version')?.[1];
  return typeof version === 'string' ? { lightning: version } : {};
}
