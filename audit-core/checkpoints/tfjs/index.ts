import type { Port } from '../../runtime/runtime';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import { checkConfig, ofItsTime } from '../keras/config';
import type { Limits } from '../limits';
import { decodeNumbers } from '../tensors';
import { asArray, asNumber, asObject, asString, type Json, parseJson, utf8 } from '../text/json';
import { readManifest, readShards, type WeightSpec } from './weights';

/** Opens a TensorFlow.js model: `model.json` and the weight files that it names. */
export async function openTfjs(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes) refuse('The model.json is larger than this reader allows.');
  const model = asObject(
    parseJson(utf8(await source.read(0, source.size), 'The model.json'), limits.depth, 'The model.json'),
  );
  if (!model || !('weightsManifest' in model || 'modelTopology' in model))
    refuse('The file is JSON, but no model of a known format.');
  if (Object.keys(model).includes('__proto__'))
    refuse('The model.json has a key "__proto__", which no library writes.');
  const manifest = await readManifest(source, model.weightsManifest, limits);
  const topology = asObject(model.modelTopology);
  const isGraph = model.format === 'graph-model' || asArray(topology?.node) !== null;
  const tensors = manifest.specs.map(({ name, shape, dtype, quantization }) => ({
    name,
    shape,
    dtype: quantization?.dtype ?? dtype,
  }));
  const metadata = Object.fromEntries(
    ['format', 'generatedBy', 'convertedBy'].flatMap(key =>
      typeof model[key] === 'string' ? [[key, model[key] as string]] : [],
    ),
  );
  if (!topology) {
    return {
      inspection: inspection('tfjs weights', {
        tensors,
        metadata,
        warnings: manifest.warnings,
        why: 'Weights without a model topology.',
      }),
    };
  }
  const common = {
    tensors,
    metadata,
    parameters: tensors
      .filter(t => t.dtype !== 'int32' && t.dtype !== 'string')
      .reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0),
  };
  if (isGraph) {
    const nodes = (asArray(topology.node) ?? []).map(node => asObject(node)).filter(node => node !== null);
    const inputs = nodes.filter(node => node.op === 'Placeholder').map(graphPort);
    const report = inspection('tfjs graph model', {
      ...common,
      inputs,
      outputs: Object.keys(asObject(asObject(model.signature)?.outputs) ?? {}).map(name => ({
        name,
        shape: [],
        dtype: 'float32',
      })),
      architecture: countWords(
        nodes.map(node => asString(node.op) ?? '?').filter(op => op !== 'Const' && op !== 'Placeholder'),
      ),
      warnings: manifest.warnings,
      runnable: true,
      why: 'Runs in this process with TensorFlow.js (WebAssembly).',
    });
    return {
      inspection: report,
      load: async assets =>
        (await import('../../runtime/tfjs')).graphRuntime(
          model,
          manifest.specs,
          await readShards(source, manifest, limits),
          inputs,
          assets,
        ),
    };
  }
  const version = asString(topology.keras_version);
  const config = ofItsTime(topology.model_config ?? topology, version);
  const facts = checkConfig(config, limits);
  const report = inspection('tfjs layers model', {
    ...common,
    inputs: facts.inputs,
    architecture: facts.words,
    hazards: facts.hazards,
    warnings: manifest.warnings,
    runnable: facts.hazards.length === 0,
    why:
      facts.hazards.length === 0
        ? 'Runs in this process with TensorFlow.js (WebAssembly).'
        : 'The model carries code of its own; it is not run.',
  });
  if (facts.hazards.length > 0) return { inspection: report };
  return {
    inspection: report,
    load: async assets => {
      const weights = await readShards(source, manifest, limits);
      if (needsOwnLayers(config)) {
        const { kerasRuntime } = await import('../../runtime/keras');
        return await kerasRuntime(
          config,
          path => weightsOf(manifest.specs, weights, path.at(-1)?.name ?? ''),
          facts.inputs,
          assets,
        );
      }
      return (await import('../../runtime/tfjs')).layersRuntime(
        topology.model_config ?? topology,
        manifest.specs,
        weights,
        facts.inputs,
        assets,
      );
    },
  };
}

/** TensorFlow.js' own layers refuse causal convolutions and GRUs that reset after the product, and know one hard sigmoid alone. */
const needsOwnLayers = (config: Json): boolean =>
  /"padding":"causal"|"reset_after":true|"hard_sigmoid/.test(JSON.stringify(config));

/** The float32 weights of one layer, by its name in the manifest's paths. */
function weightsOf(specs: readonly WeightSpec[], bytes: Uint8Array, layer: string) {
  const found: { path: string; shape: readonly number[]; values: () => Promise<Float32Array | Float64Array> }[] = [];
  let at = 0;
  for (const spec of specs) {
    const start = at;
    at += spec.bytes;
    const parts = spec.name.split('/');
    const place = parts.indexOf(layer);
    if (place < 0 || spec.quantization || spec.dtype !== 'float32') continue;
    found.push({
      path: parts.slice(place + 1).join('/'),
      shape: spec.shape,
      values: async () => decodeNumbers(bytes.subarray(start, start + spec.bytes), 'float32'),
    });
  }
  return found;
}

function graphPort(node: { [key: string]: Json }): Port {
  const dims = asArray(asObject(asObject(asObject(node.attr)?.shape)?.shape)?.dim) ?? [];
  const shape = dims.map(dim => Number(asNumber(asObject(dim)?.size) ?? asString(asObject(dim)?.size) ?? -1));
  const type = asString(asObject(asObject(node.attr)?.dtype)?.type) ?? 'DT_FLOAT';
  return { name: asString(node.name) ?? 'x', shape, dtype: type === 'DT_INT32' ? 'int32' : 'float32' };
}

function countWords(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${count}× ${name}` : name)).join(', ');
}
