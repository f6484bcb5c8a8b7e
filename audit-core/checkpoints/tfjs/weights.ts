import type { ByteSource } from '../byte-source';
import { elementCount, refuse } from '../inspection';
import type { Limits } from '../limits';
import { isPlainRelative } from '../onnx/initializers';
import { asArray, asNumber, asObject, asString, type Json } from '../text/json';

/** One weight of a tfjs manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64';
  readonly quantization?: {
    readonly dtype: 'uint8' | 'uint16' | 'float16';
    readonly scale?: number;
    readonly min?: number;
  };
  /** Bytes in the shard files. */
  readonly bytes: number;
}

export interface Manifest {
  readonly specs: readonly WeightSpec[];
  readonly paths: readonly string[];
  readonly warnings: readonly string[];
}

const widths: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
  complex64: 8,
};

/** Reads a `weightsManifest` and checks it against the shard files beside the model (tfjs-core io/types.ts). */
export async function readManifest(source: ByteSource, manifest: Json | undefined, limits: Limits): Promise<Manifest> {
  const specs: WeightSpec[] = [];
  const paths: string[] = [];
  const warnings: string[] = [];
  for (const group of asArray(manifest) ?? refuse('The model has no weightsManifest.')) {
    const entry = asObject(group) ?? refuse('The weightsManifest is broken.');
    let expected = 0;
    for (const weight of asArray(entry.weights) ?? refuse('The weightsManifest has no list of weights.')) {
      const spec = readSpec(weight);
      expected = spec.bytes < 0 || expected < 0 ? -1 : expected + spec.bytes;
      specs.push(spec);
      if (specs.length > limits.tensors) refuse('The model has more weights than this reader allows (limits.tensors).');
      if (spec.name === '__proto__' || spec.name === 'constructor') warnings.push(`A weight is called "${spec.name}".`);
    }
    let present = 0;
    for (const path of asArray(entry.paths) ?? refuse('The weightsManifest names no files.')) {
      const name = asString(path) ?? refuse('The weightsManifest names a file by something else than a text.');
      if (!isPlainRelative(name))
        refuse('The weightsManifest points outside the folder or to an address; nothing is opened or fetched.');
      if (paths.includes(name)) warnings.push(`The weight file "${name.slice(0, 80)}" is listed twice.`);
      const file = await source.sibling(name);
      if (!file)
        refuse(`The weight file "${name.slice(0, 80)}" is not beside the model. Put that file back next to it.`);
      present += file.size;
      paths.push(name);
    }
    if (expected >= 0 && present < expected)
      refuse(`The weight files have ${present} bytes, but the weights need ${expected}.`);
    if (expected >= 0 && present > expected)
      warnings.push(`The weight files have ${present - expected} bytes more than the weights need.`);
  }
  return { specs, paths, warnings };
}

function readSpec(weight: Json): WeightSpec {
  const entry = asObject(weight) ?? refuse('A weight of the manifest is broken.');
  const name = asString(entry.name) ?? refuse('A weight of the manifest has no name.');
  const label = `The weight "${name.slice(0, 80)}"`;
  const dtype = asString(entry.dtype) ?? '';
  if (!['float32', 'int32', 'bool', 'string', 'complex64'].includes(dtype))
    refuse(`${label} has an unknown element type.`);
  const shape = (asArray(entry.shape) ?? refuse(`${label} has no shape.`)).map(size => asNumber(size) ?? -1);
  const count = elementCount(shape, label);
  const quantization = entry.quantization === undefined ? undefined : asObject(entry.quantization);
  if (quantization === null) refuse(`${label} has broken quantisation.`);
  const stored = quantization ? (asString(quantization.dtype) ?? refuse(`${label} has broken quantisation.`)) : dtype;
  const width = stored === 'string' ? -1 : widths[stored];
  if (width === undefined || (quantization && !['uint8', 'uint16', 'float16'].includes(stored)))
    refuse(`${label} has broken quantisation.`);
  if (
    quantization &&
    stored !== 'float16' &&
    (!Number.isFinite(asNumber(quantization.scale) ?? Number.NaN) ||
      !Number.isFinite(asNumber(quantization.min) ?? Number.NaN))
  ) {
    refuse(`${label} has broken quantisation.`);
  }
  const base = { name, shape, dtype: dtype as WeightSpec['dtype'], bytes: width < 0 ? -1 : count * width };
  if (!quantization) return base;
  const scale = asNumber(quantization.scale);
  const min = asNumber(quantization.min);
  return {
    ...base,
    quantization: {
      dtype: stored as 'uint8' | 'uint16' | 'float16',
      ...(scale === null ? {} : { scale }),
      ...(min === null ? {} : { min }),
    },
  };
}

/** The bytes of all weight files, one after the other. */
export async function readShards(source: ByteSource, manifest: Manifest, limits: Limits): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const path of manifest.paths) {
    const file = await source.sibling(path);
    if (!file) refuse(`The weight file "${path}" is gone.`);
    total += file.size;
    if (total > limits.modelBytes) refuse('The weights are larger than this reader allows (limits.checkpoint-size).');
    parts.push(await file.read(0, file.size));
  }
  const out = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
