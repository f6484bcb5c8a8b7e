import type { WeightLookup } from '../../runtime/keras/model';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { CheckpointError, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asObject, asString, type Json, parseJson, utf8 } from '../text/json';
import { readZip } from '../zip/directory';
import { readEntry } from '../zip/entry';
import { checkConfig, ofItsTime } from './config';
import { type Hdf5File, openHdf5 } from './hdf5';

/** Opens a `.keras` archive: configuration, metadata and weights (keras/src/saving/saving_lib.py). */
export async function openKerasZip(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const { entries, warnings } = await readZip(source, limits);
  const read = async (name: string): Promise<Uint8Array | null> => {
    const entry = entries.get(name);
    return entry ? await readEntry(source, entry, limits, limits.inflatedBytes) : null;
  };
  const text = await read('config.json');
  if (!text) refuse('The archive has no config.json.');
  if (text.length > limits.structureBytes) refuse('The config.json is larger than this reader allows.');
  const config = parseJson(utf8(text, 'The config.json'), limits.depth, 'The config.json');
  const facts = checkConfig(config, limits);
  const metadata = asObject(
    parseJson(
      utf8((await read('metadata.json')) ?? new TextEncoder().encode('{}'), 'The metadata.json'),
      limits.depth,
      'The metadata.json',
    ),
  );
  const weights = await read('model.weights.h5');
  if (!weights && facts.hazards.length === 0) refuse('The archive has no model.weights.h5; it is incomplete.');
  let file: Hdf5File | null = null;
  try {
    file = weights ? await openHdf5(weights, limits) : null;
  } catch (error) {
    // A hazard in the configuration is said even when the weights are broken.
    if (!(error instanceof CheckpointError) || facts.hazards.length === 0) throw error;
  }
  const version = asString(metadata?.keras_version);
  return await describe({
    format: 'keras',
    config: ofItsTime(config, version ?? '3'),
    facts,
    file,
    limits,
    warnings,
    metadata: { kerasVersion: version ?? 'unknown' },
  });
}

/** Opens an HDF5 file of Keras or tf_keras: a whole model, or weights alone. */
export async function openKerasHdf5(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.modelBytes)
    refuse('The HDF5 file is larger than this reader allows (limits.checkpoint-size).');
  const file = await openHdf5(await source.read(0, source.size), limits);
  const text = file.attributes.get('model_config');
  const version = file.attributes.get('keras_version');
  const metadata = version ? { kerasVersion: version } : {};
  if (text === undefined) {
    return await describe({
      format:
        file.tensors.size > 0 && [...file.tensors.keys()].some(name => /vars\/\d+$|:0$|kernel$/.test(name))
          ? 'keras weights (hdf5)'
          : 'hdf5',
      config: null,
      facts: null,
      file,
      limits,
      warnings: [],
      metadata,
    });
  }
  const config = parseJson(text, limits.depth, 'The model_config');
  return await describe({
    format: 'keras hdf5',
    config: ofItsTime(config, version ?? null),
    facts: checkConfig(config, limits),
    file,
    limits,
    warnings: [],
    metadata,
  });
}

interface Found {
  readonly format: string;
  readonly config: Json;
  readonly facts: ReturnType<typeof checkConfig> | null;
  readonly file: Hdf5File | null;
  readonly limits: Limits;
  readonly warnings: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

async function describe(found: Found): Promise<Checkpoint> {
  const { facts, file, config } = found;
  const tensors = [...(file?.tensors.values() ?? [])].map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const hazards = [...(facts?.hazards ?? []), ...(file?.hazards ?? [])];
  const trained = tensors.filter(
    tensor => !/^(?:optimizer|optimizer_weights|_optimizer)\b/.test(tensor.name) && !/seed_generator/.test(tensor.name),
  );
  let why: string | null = null;
  if (!facts)
    why = 'Weights without an architecture; the model file (.keras or .h5 with its configuration) can be run.';
  else if (hazards.length > 0) why = 'The file carries code of its own or points elsewhere; it is not run.';
  else why = (await import('../../runtime/keras')).obstacleOf(config);
  const report = inspection(found.format, {
    tensors,
    parameters: trained
      .filter(tensor => /float|int/.test(tensor.dtype))
      .reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
    inputs: facts?.inputs ?? [],
    architecture: facts?.words ?? null,
    metadata: found.metadata,
    hazards,
    warnings: [...found.warnings, ...(file?.warnings ?? [])],
    runnable: why === null,
    why: why ?? 'Runs in this process, layer by layer, on the kernels of TensorFlow.js (WebAssembly).',
  });
  if (why !== null || !file || !facts) return { inspection: report };
  const weights: WeightLookup = path => weightsOf(file, path);
  return {
    inspection: report,
    load: async assets => {
      const { kerasRuntime } = await import('../../runtime/keras');
      return await kerasRuntime(config, weights, facts.inputs, assets);
    },
    layers: { config, weights },
  };
}

/** The weights of one layer: under `model_weights/<name>/…` in whole models, under `layers/<slot>/…` in Keras 3 archives. */
function weightsOf(file: Hdf5File, path: readonly { readonly name: string; readonly slot: string }[]) {
  const last = path.at(-1);
  const prefixes = [
    path.map(part => `layers/${part.slot}`).join('/'),
    path.map(part => `layers/${part.name}`).join('/'),
    `_layer_checkpoint_dependencies/${path.map(part => part.slot).join('/')}`,
    `model_weights/${path[0]?.name}`,
    `${path[0]?.name}`,
  ];
  for (const prefix of prefixes) {
    let found = [...file.tensors.values()].filter(tensor => tensor.name.startsWith(`${prefix}/`));
    if (path.length > 1 && prefix.endsWith(path[0]?.name ?? ''))
      found = found.filter(tensor => tensor.name.split('/').includes(last?.name ?? ''));
    if (found.length > 0)
      return found.map(tensor => ({
        path: tensor.name.slice(prefix.length + 1),
        shape: tensor.shape,
        values: tensor.values,
      }));
  }
  return [];
}
