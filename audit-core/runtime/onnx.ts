import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web/wasm';
import type { RuntimeAssets } from './assets';
import { RuntimeError } from './error';
import { interop } from './interop';
import type { OutputKind, Port, Runtime, TableColumns, Tensor } from './runtime';

/** What is known of a model beside its bytes. */
export interface OnnxOptions {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly external?: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly assets: RuntimeAssets;
  readonly outputKind?: OutputKind;
}

/** Loads an ONNX model with onnxruntime-web's WebAssembly backend, one thread, no network. */
export async function onnxRuntime(model: Uint8Array, options: OnnxOptions): Promise<Runtime> {
  const ort = interop(await import('onnxruntime-web/wasm'), 'InferenceSession');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.wasm.wasmPaths = options.assets.onnxFolder;
  ort.env.logLevel = 'error';
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'basic',
      ...(options.external?.length ? { externalData: options.external.map(({ path, data }) => ({ path, data })) } : {}),
    });
  } catch (error) {
    throw new RuntimeError(`ONNX Runtime cannot load the model: ${oneSentence(error)}`);
  }
  const inputs = session.inputNames.map(
    name => options.inputs.find(port => port.name === name) ?? { name, shape: [], dtype: 'float32' },
  );
  const names = session.outputNames;
  const outputs = names.map(
    name => options.outputs.find(port => port.name === name) ?? { name, shape: [], dtype: 'float32' },
  );
  return {
    inputs,
    outputs,
    outputKind: options.outputKind ?? 'unknown',
    predict: async given => {
      const feeds: Record<string, OrtTensor> = {};
      for (const [index, port] of inputs.entries()) {
        const tensor = given[index];
        if (!tensor)
          throw new RuntimeError(
            `The model wants ${inputs.length} inputs; ${given.length} were given ("${port.name}" is missing).`,
          );
        feeds[port.name] = toOrt(ort.Tensor, tensor, port.dtype);
      }
      try {
        const results = await session.run(feeds);
        const chosen = choose(names.map(name => results[name]).filter(result => result !== undefined));
        if (!chosen) throw new RuntimeError('The model gives no numeric output.');
        const result = fromOrt(chosen);
        for (const name of names) results[name]?.dispose();
        return result;
      } catch (error) {
        if (error instanceof RuntimeError) throw error;
        throw new RuntimeError(`ONNX Runtime stopped: ${oneSentence(error)}`);
      }
    },
    ...(inputs.length > 1
      ? { predictTable: (columns: TableColumns) => runTable(session, ort.Tensor, inputs, names, columns) }
      : {}),
    dispose: () => void session.release().catch(() => undefined),
  };
}

/** Feeds one column to each input of that name, as `[rows, 1]`. */
async function runTable(
  session: InferenceSession,
  create: typeof OrtTensor,
  inputs: readonly Port[],
  names: readonly string[],
  columns: TableColumns,
): Promise<Tensor> {
  const feeds: Record<string, OrtTensor> = {};
  for (const port of inputs) {
    const cells = columns.get(port.name);
    if (!cells) throw new RuntimeError(`The data have no column "${port.name}", which the model takes.`);
    const shape = [cells.length, 1];
    if (port.dtype === 'string')
      feeds[port.name] = new create(
        'string',
        cells.map(cell => (cell === null ? '' : String(cell))),
        shape,
      );
    else
      feeds[port.name] = toOrt(
        create,
        { data: Float64Array.from(cells, cell => (cell === null ? Number.NaN : Number(cell))), shape },
        port.dtype,
      );
  }
  try {
    const results = await session.run(feeds);
    const chosen = choose(names.map(name => results[name]).filter(result => result !== undefined));
    if (!chosen) throw new RuntimeError('The model gives no numeric output.');
    return fromOrt(chosen);
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`ONNX Runtime stopped: ${oneSentence(error)}`);
  }
}

/** The first floating-point output with a class axis (design.md §10), else the first floating-point one, else the first. */
function choose(results: readonly OrtTensor[]): OrtTensor | undefined {
  const floating = results.filter(
    result => result.type === 'float32' || result.type === 'float64' || result.type === 'float16',
  );
  return floating.find(result => result.dims.length > 1) ?? floating[0] ?? results[0];
}

function toOrt(create: typeof OrtTensor, tensor: Tensor, dtype: string): OrtTensor {
  const { data } = tensor;
  const shape = [...tensor.shape];
  if (dtype === 'float64') return new create('float64', Float64Array.from(data as ArrayLike<number>), shape);
  if (dtype === 'int64')
    return new create(
      'int64',
      data instanceof BigInt64Array
        ? data
        : BigInt64Array.from(Array.from(data, value => BigInt(Math.round(Number(value))))),
      shape,
    );
  if (dtype === 'int32') return new create('int32', Int32Array.from(data as ArrayLike<number>), shape);
  if (dtype === 'bool') return new create('bool', Uint8Array.from(data as ArrayLike<number>), shape);
  if (dtype === 'uint8') return new create('uint8', Uint8Array.from(data as ArrayLike<number>), shape);
  if (data instanceof Float32Array) return new create('float32', data, shape);
  return new create('float32', Float32Array.from(Array.from(data, Number)), shape);
}

function fromOrt(result: OrtTensor): Tensor {
  const data = result.data;
  if (
    data instanceof Float32Array ||
    data instanceof Float64Array ||
    data instanceof Int32Array ||
    data instanceof BigInt64Array ||
    data instanceof Uint8Array
  ) {
    return { data: data.slice(), shape: [...result.dims] };
  }
  if (Array.isArray(data)) throw new RuntimeError('The model gives texts, not numbers.');
  return { data: Float32Array.from(Array.from(data as ArrayLike<number | bigint>, Number)), shape: [...result.dims] };
}

/** The message of a foreign error without its stack, addresses or line breaks. */
export function oneSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const short = message.split('\n')[0]?.replace(/\s+/g, ' ').slice(0, 300) ?? '';
  return /[.!?]$/.test(short) ? short : `${short}.`;
}
