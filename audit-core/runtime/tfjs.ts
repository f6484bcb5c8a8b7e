import type * as tfjs from '@tensorflow/tfjs';
import type { RuntimeAssets } from './assets';
import { RuntimeError } from './error';
import { interop } from './interop';
import { oneSentence } from './onnx';
import type { Port, Runtime, Tensor } from './runtime';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One weight as tfjs' manifest describes it. */
export interface WeightEntry {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64';
  readonly quantization?: {
    readonly dtype: 'uint8' | 'uint16' | 'float16';
    readonly scale?: number;
    readonly min?: number;
  };
}

let ready: Promise<typeof tfjs> | null = null;

/** TensorFlow.js with its WebAssembly backend (one thread), started once per process. */
export async function startTfjs(assets: RuntimeAssets): Promise<typeof tfjs> {
  ready ??= (async () => {
    const tf = interop(await import('@tensorflow/tfjs'), 'env');
    const { setWasmPaths } = interop(await import('@tensorflow/tfjs-backend-wasm'), 'setWasmPaths');
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    tf.env().set('PROD', true);
    setWasmPaths(assets.tfjsFolder);
    if (!(await tf.setBackend('wasm'))) await tf.setBackend('cpu');
    await tf.ready();
    return tf;
  })();
  return await ready;
}

/** Loads a Keras-style layers model from its configuration and weights. */
export async function layersRuntime(
  config: Json,
  specs: readonly WeightEntry[],
  weights: Uint8Array,
  inputs: readonly Port[],
  assets: RuntimeAssets,
): Promise<Runtime> {
  const tf = await startTfjs(assets);
  let model: tfjs.LayersModel;
  try {
    model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: { class_name: 'Model', model_config: withoutTraining(config) } as object,
        weightSpecs: [...specs] as tfjs.io.WeightsManifestEntry[],
        weightData: bufferOf(weights),
        format: 'layers-model',
      }),
    );
  } catch (error) {
    throw new RuntimeError(`TensorFlow.js cannot build the model: ${oneSentence(error)}`);
  }
  const [first] = model.inputs;
  const ports =
    inputs.length > 0
      ? inputs
      : [{ name: first?.name ?? 'x', shape: (first?.shape ?? []).map(size => size ?? -1), dtype: 'float32' }];
  return runtime(
    tf,
    ports,
    given => model.predict(given.length === 1 ? (given[0] as tfjs.Tensor) : [...given]) as tfjs.Tensor | tfjs.Tensor[],
    () => model.dispose(),
  );
}

/** Loads a graph model (a frozen TensorFlow graph as JSON). */
export async function graphRuntime(
  json: { [key: string]: Json },
  specs: readonly WeightEntry[],
  weights: Uint8Array,
  inputs: readonly Port[],
  assets: RuntimeAssets,
): Promise<Runtime> {
  const tf = await startTfjs(assets);
  let model: tfjs.GraphModel;
  try {
    model = (await tf.loadGraphModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology as object,
        weightSpecs: [...specs] as tfjs.io.WeightsManifestEntry[],
        weightData: bufferOf(weights),
        format: 'graph-model',
        ...(json.signature ? { signature: json.signature as object } : {}),
      }),
    )) as tfjs.GraphModel;
  } catch (error) {
    throw new RuntimeError(`TensorFlow.js cannot build the model: ${oneSentence(error)}`);
  }
  return runtime(
    tf,
    inputs,
    given => model.predict(given.length === 1 ? (given[0] as tfjs.Tensor) : [...given]) as tfjs.Tensor | tfjs.Tensor[],
    () => model.dispose(),
  );
}

function runtime(
  tf: typeof tfjs,
  inputs: readonly Port[],
  run: (given: readonly tfjs.Tensor[]) => tfjs.Tensor | tfjs.Tensor[],
  dispose: () => void,
): Runtime {
  return {
    inputs,
    outputs: [],
    outputKind: 'unknown',
    predict: async given => {
      const feeds = given.map((tensor, index) =>
        tf.tensor(plain(tensor), [...tensor.shape], inputs[index]?.dtype === 'int32' ? 'int32' : 'float32'),
      );
      try {
        const result = run(feeds);
        const all = Array.isArray(result) ? result : [result];
        const chosen = all.find(each => each.dtype === 'float32' && each.rank > 1) ?? all[0];
        if (!chosen) throw new RuntimeError('The model gives no output.');
        const data = Float32Array.from(await chosen.data());
        const shape = [...chosen.shape];
        if (data.length > 0 && data.every(Number.isNaN))
          throw new RuntimeError('The model answers with no number (NaN) for every row; its conversion is broken.');
        tf.dispose(all);
        return { data, shape };
      } catch (error) {
        if (error instanceof RuntimeError) throw error;
        throw new RuntimeError(`TensorFlow.js stopped: ${oneSentence(error)}`);
      } finally {
        tf.dispose(feeds);
      }
    },
    dispose,
  };
}

const plain = (tensor: Tensor): Float32Array =>
  tensor.data instanceof Float32Array
    ? tensor.data
    : Float32Array.from(Array.from(tensor.data as ArrayLike<number | bigint>, Number));

/** tfjs wants a buffer of its own. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

/** The configuration without what matters for training alone; tfjs does not know all of these classes. */
function withoutTraining(config: Json): Json {
  if (Array.isArray(config)) return config.map(withoutTraining);
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      /_(?:initializer|regularizer|constraint)$/.test(key) ? [] : [[key, withoutTraining(value)]],
    ),
  );
}
