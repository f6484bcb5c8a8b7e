import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { elementCount, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { isPlainRelative } from '../onnx/initializers';
import { decodeNumbers, itemSize, type LazyTensor } from '../tensors';
import { asObject, asString, parseJson, parseStrictJson, utf8 } from '../text/json';
import { wordsOfWeights } from '../torch/words';

const types: ReadonlyMap<string, string> = new Map(
  Object.entries({
    F64: 'float64',
    F32: 'float32',
    F16: 'float16',
    BF16: 'bfloat16',
    I64: 'int64',
    I32: 'int32',
    I16: 'int16',
    I8: 'int8',
    U64: 'uint64',
    U32: 'uint32',
    U16: 'uint16',
    U8: 'uint8',
    BOOL: 'bool',
    F8_E4M3: 'float8_e4m3fn',
    F8_E5M2: 'float8_e5m2',
    F8_E8M0: 'float8_e8m0fnu',
    C64: 'complex64',
  }),
);

/** The format's own limit for its header (safetensors/src/tensor.rs). */
const headerLimit = 100_000_000;

/** True when the file starts with a header length and the `{` of its JSON. */
export function looksLikeSafetensors(head: Uint8Array, name: string): boolean {
  return (head.length >= 9 && head[8] === 0x7b && head[6] === 0 && head[7] === 0) || name.endsWith('.safetensors');
}

/** The tensors of one safetensors file; every byte of the data belongs to exactly one of them. */
export async function readSafetensors(
  source: ByteSource,
  limits: Limits,
): Promise<{ tensors: Map<string, LazyTensor>; metadata: Record<string, string> }> {
  if (source.size < 8) refuse('The file is cut off: a safetensors file starts with 8 bytes of header length.');
  const first = await source.read(0, 8);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(headerLimit)) refuse(`The safetensors header says ${length} bytes; the format allows 100 MB.`);
  const size = Number(length);
  if (size < 2 || 8 + size > source.size)
    refuse('The safetensors header goes beyond the file; it is cut off or broken.');
  const bytes = await source.read(8, 8 + size);
  if (bytes[0] !== 0x7b) refuse('The safetensors header does not start with "{".');
  const header = asObject(
    parseStrictJson(utf8(bytes, 'The safetensors header'), Math.min(limits.depth, 32), 'The safetensors header', true),
  );
  if (!header) refuse('The safetensors header is not an object.');
  const data = source.size - 8 - size;
  const tensors = new Map<string, LazyTensor>();
  const ranges: [number, number, string][] = [];
  const metadata: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, each] of Object.entries(
        asObject(value) ?? refuse('The safetensors metadata is not an object.'),
      )) {
        metadata[key] = asString(each) ?? refuse('The safetensors metadata holds something else than texts.');
      }
      continue;
    }
    const entry = asObject(value);
    const label = `The tensor "${name.slice(0, 80)}"`;
    const shape = entry?.shape;
    const offsets = entry?.data_offsets;
    const dtype = types.get(asString(entry?.dtype) ?? '');
    if (!dtype) refuse(`${label} has an unknown element type.`);
    if (!Array.isArray(shape) || !shape.every(each => typeof each === 'number')) refuse(`${label} has no shape.`);
    if (
      !Array.isArray(offsets) ||
      offsets.length !== 2 ||
      !offsets.every(each => Number.isSafeInteger(each) && Number(each) >= 0)
    ) {
      refuse(`${label} has broken offsets.`);
    }
    const [start, end] = offsets as [number, number];
    const count = elementCount(shape as number[], label);
    if (end < start || end > data) refuse(`${label} lies beyond the data; the file is cut off or broken.`);
    if (end - start !== count * itemSize(dtype))
      refuse(`${label} has ${end - start} bytes, but its shape needs ${count * itemSize(dtype)}.`);
    ranges.push([start, end, name]);
    const from = 8 + size + start;
    tensors.set(name, {
      name,
      shape: shape as number[],
      dtype,
      values: async () => decodeNumbers(await source.read(from, from + end - start), dtype),
    });
  }
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const [start, end, name] of ranges) {
    if (start !== at)
      refuse(
        `Before the tensor "${name.slice(0, 80)}" the data ${start < at ? 'overlap' : 'have a hole'}; the file is broken.`,
      );
    at = end;
  }
  if (at !== data) refuse(`${data - at} bytes after the last tensor belong to none.`);
  if (tensors.size > limits.tensors) refuse(`The file has more than ${limits.tensors} tensors.`);
  return { tensors, metadata };
}

/** `inspect` and state dict of one safetensors file. */
export async function openSafetensors(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(source, limits);
  return checkpointOf('safetensors', tensors, metadata, []);
}

/** True for the index of a sharded Hugging Face checkpoint. */
export const isShardIndex = (name: string): boolean => /\.(?:safetensors|bin)\.index\.json$/.test(name);

/** A sharded checkpoint: `weight_map` names the file of each tensor; every file must lie beside the index. */
export async function openShards(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes) refuse('The index is larger than this reader allows.');
  const index = asObject(parseJson(utf8(await source.read(0, source.size), 'The index'), limits.depth, 'The index'));
  const map = asObject(index?.weight_map);
  if (!map) refuse('The index has no weight_map.');
  const shards = new Map<string, Map<string, LazyTensor>>();
  const tensors = new Map<string, LazyTensor>();
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(map)) {
    const file = asString(value) ?? refuse('The weight_map holds something else than file names.');
    if (!isPlainRelative(file))
      refuse(`The weight_map points "${name.slice(0, 80)}" outside the folder; the file is not opened.`);
    let shard = shards.get(file);
    if (!shard) {
      if (shards.size > 10_000) refuse('The index names too many files.');
      const part = await source.sibling(file);
      if (!part) refuse(`The shard "${file.slice(0, 80)}" is not beside the index. Put that file back next to it.`);
      shard = await readShard(part, limits);
      shards.set(file, shard);
    }
    const tensor = shard.get(name) ?? refuse(`The shard "${file.slice(0, 80)}" does not hold "${name.slice(0, 80)}".`);
    tensors.set(name, tensor);
  }
  return checkpointOf(
    `sharded ${source.name.includes('.bin.') ? 'torch' : 'safetensors'}`,
    tensors,
    { shards: String(shards.size) },
    warnings,
  );
}

async function readShard(part: ByteSource, limits: Limits): Promise<Map<string, LazyTensor>> {
  if (looksLikeSafetensors(await part.read(0, 16), part.name)) return (await readSafetensors(part, limits)).tensors;
  const { openTorch } = await import('../torch');
  const { inspection: found, stateDict } = await openTorch(part, limits);
  if (found.hazards.length > 0)
    refuse(`The shard "${part.name.slice(0, 80)}" carries a hazard: ${found.hazards[0]?.message}`);
  return new Map(stateDict ?? []);
}

function checkpointOf(
  format: string,
  tensors: Map<string, LazyTensor>,
  metadata: Record<string, string>,
  given: readonly string[],
): Checkpoint {
  const listed = [...tensors.values()].map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const warnings = [...given];
  for (const { name, shape } of listed) {
    if (shape.some(size => size > 2 ** 40)) warnings.push(`The tensor "${name.slice(0, 80)}" has an absurd dimension.`);
    if (name === '__proto__' || name === 'constructor') warnings.push(`A tensor is called "${name}".`);
  }
  const report = inspection(format, {
    tensors: listed,
    metadata,
    warnings,
    architecture: wordsOfWeights(tensors.values()),
    why: 'Weights without an architecture; the training script gives it to them (score --script), or an export to ONNX.',
  });
  return { inspection: report, stateDict: tensors };
}
