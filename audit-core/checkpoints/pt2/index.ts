import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { elementCount, type Hazard, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { readPickle } from '../pickle/read';
import { decodeNumbers, gather, itemSize, type LazyTensor } from '../tensors';
import { asArray, asNumber, asObject, asString, type Json, parseJson, utf8 } from '../text/json';
import { storages } from '../torch';
import { modelStateDict } from '../torch/state-dict';
import { collectTensors } from '../torch/tensors';
import { readZip, type ZipEntry } from '../zip/directory';
import { entrySource, readEntry } from '../zip/entry';
import { readGraph, scalarTypes } from './graph';

/** Opens a `torch.export` archive (`.pt2`): raw weights with a JSON configuration, the graph, and the example inputs it was traced with. */
export async function openPt2(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const directory = await readZip(source, limits);
  const { entries, warnings } = directory;
  const json = async (pattern: RegExp): Promise<{ [key: string]: Json } | null> => {
    const entry = [...entries.values()].find(each => pattern.test(each.name));
    if (!entry) return null;
    if (entry.size > limits.structureBytes) refuse('A description in the archive is larger than this reader allows.');
    return asObject(
      parseJson(utf8(await readEntry(source, entry, limits), entry.name), limits.depth, `"${entry.name.slice(0, 80)}"`),
    );
  };
  const tensors = new Map<string, LazyTensor>();
  // Constants are tensors beside the state dict: buffers that are not saved in one, numbers lifted out of the code.
  for (const [folder, pattern] of [
    ['weights', /data\/weights\/[^/]*config\.json$/],
    ['constants', /data\/constants\/[^/]*config\.json$/],
  ] as const)
    for (const [name, value] of Object.entries(asObject((await json(pattern))?.config) ?? {})) {
      const path = asString(asObject(value)?.path_name) ?? '';
      const meta = asObject(asObject(value)?.tensor_meta);
      // What is kept as a pickle (scripted objects) is no tensor, and is not opened.
      if (folder === 'constants' && (asObject(value)?.use_pickle === true || !meta)) continue;
      const end = `data/${folder}/${path}`;
      const entry =
        [...entries.values()].find(each => each.name === end || each.name.endsWith(`/${end}`)) ??
        refuse(`The weight "${name.slice(0, 80)}" is missing in the archive.`);
      tensors.set(name, tensorOf(name, meta, entry, source));
    }
  const module = asObject((await json(/models\/[^/]+\.json$/))?.graph_module);
  const graph = asObject(module?.graph);
  const operators = new Map<string, number>();
  for (const node of asArray(graph?.nodes) ?? []) {
    const target = (asString(asObject(node)?.target) ?? '?').replace(/^torch\.ops\.aten\./, '').replace(/\.\w+$/, '');
    operators.set(target, (operators.get(target) ?? 0) + 1);
  }
  const program = readGraph(module, tensors);
  const { obstacleOf } = await import('../../runtime/aten');
  const why = program
    ? obstacleOf(program)
    : 'The graph is no straight run of tensors; export the model to ONNX to audit it.';
  const report = inspection('torch export (pt2)', {
    inputs: program?.inputs ?? [],
    tensors: [...tensors.values()].map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    parameters: [...tensors.values()]
      .filter(tensor => /float/.test(tensor.dtype))
      .reduce((sum, tensor) => sum + elementCount(tensor.shape, tensor.name), 0),
    hazards: await samples(source, directory, limits),
    warnings,
    architecture: [...operators].map(([name, count]) => (count > 1 ? `${count}× ${name}` : name)).join(', '),
    runnable: why === null,
    why: why ?? 'Runs in this process, operator by operator, on the kernels of TensorFlow.js (WebAssembly).',
  });
  const stateDict = modelStateDict(tensors);
  if (!program || why !== null) return { inspection: report, stateDict };
  return {
    inspection: report,
    stateDict,
    load: async assets => (await import('../../runtime/aten')).atenRuntime(program, assets),
  };
}

function tensorOf(name: string, meta: { [key: string]: Json } | null, entry: ZipEntry, source: ByteSource): LazyTensor {
  const integers = (value: Json | undefined): number[] =>
    (asArray(value) ?? []).map(each => asNumber(asObject(each)?.as_int) ?? -1);
  const label = `The weight "${name.slice(0, 80)}"`;
  const dtype = scalarTypes[asNumber(meta?.dtype) ?? 0] ?? 'unknown';
  const shape = integers(meta?.sizes);
  const strides = integers(meta?.strides);
  const offset = asNumber(asObject(meta?.storage_offset)?.as_int) ?? 0;
  const count = elementCount(shape, label);
  if (strides.length !== shape.length || strides.some(each => each < 0) || offset < 0)
    refuse(`${label} has broken strides.`);
  const last =
    count === 0 ? 0 : offset + shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 0) + 1;
  if (last * itemSize(dtype) > entry.size || entry.method !== 0)
    refuse(`${label} goes beyond its data; the file is cut off or broken.`);
  return {
    name,
    shape,
    dtype,
    values: async () =>
      gather(decodeNumbers(await source.read(entry.data, entry.data + entry.size), dtype), offset, shape, strides),
  };
}

/** The example batch lies in the archive with its whole storage: rows of the data that it was cut from. */
async function samples(
  source: ByteSource,
  directory: Awaited<ReturnType<typeof readZip>>,
  limits: Limits,
): Promise<Hazard[]> {
  const hazards: Hazard[] = [];
  for (const entry of directory.entries.values()) {
    if (!/data\/sample_inputs\/.*\.pt$/.test(entry.name)) continue;
    const inner = await entrySource(source, entry, limits);
    const archive = await readZip(inner, limits);
    const pickle = [...archive.entries.values()].find(each => each.name.endsWith('data.pkl'));
    if (!pickle) continue;
    const read = await readPickle(await entrySource(inner, pickle, limits), 0, { limits, persistent: true });
    hazards.push(...read.hazards);
    const base = pickle.name.slice(0, -'data.pkl'.length);
    const found = collectTensors(read.value, storages(inner, archive, base, false), limits.tensors);
    const stored = [...archive.entries.values()]
      .filter(each => each.name.startsWith(`${base}data/`))
      .reduce((sum, each) => sum + each.size, 0);
    const shown = [...found.values()].map(tensor => tensor.shape.join('×')).join(', ');
    hazards.push({
      kind: 'embedded-records',
      message: `The archive carries the example inputs of its export (${shown}; ${stored} bytes of data behind them, which may be more rows than the example). Export with random inputs.`,
    });
  }
  return hazards;
}
