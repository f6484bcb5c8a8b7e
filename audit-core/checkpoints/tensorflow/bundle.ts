import type { ByteSource } from '../byte-source';
import { elementCount, refuse } from '../inspection';
import type { Limits } from '../limits';
import { fields, signed } from '../protobuf/wire';
import { decodeNumbers, itemSize, type LazyTensor } from '../tensors';
import { readShape } from './graph';
import { readTable } from './table';
import { dataTypes } from './tensor-proto';

/** The tensors of a checkpoint by their key: names, shapes and types from the index, values from its data files on demand. */
export async function readBundle(
  index: ByteSource,
  limits: Limits,
  shard: (name: string) => Promise<ByteSource | null>,
): Promise<Map<string, LazyTensor>> {
  if (index.size > limits.structureBytes) refuse('The index of the variables is larger than this reader allows.');
  const tensors = new Map<string, LazyTensor>();
  let shards = 1;
  const base = index.name.replace(/\.index$/, '');
  for (const [key, value] of readTable(await index.read(0, index.size), limits)) {
    if (key === '') {
      for (const field of fields(value, 'The index')) if (field.number === 1) shards = Number(field.varint);
      continue;
    }
    if (key.startsWith('_CHECKPOINTABLE')) continue;
    let dtype = 'unknown';
    let shape: readonly number[] = [];
    let place = 0;
    let offset = 0;
    let size = 0;
    for (const field of fields(value, 'The index')) {
      if (field.number === 1) dtype = dataTypes[Number(field.varint)] ?? 'unknown';
      else if (field.number === 2 && field.wire === 2) shape = readShape(field.bytes);
      else if (field.number === 3) place = Number(field.varint);
      else if (field.number === 4) offset = signed(field.varint, 'The index');
      else if (field.number === 5) size = signed(field.varint, 'The index');
    }
    const label = `The variable "${key.slice(0, 120)}"`;
    tensors.set(key, {
      name: key,
      shape,
      dtype,
      values: async () => {
        const wanted = elementCount(shape, label) * itemSize(dtype);
        const pad = (number: number): string => String(number).padStart(5, '0');
        const name = `${base}.data-${pad(place)}-of-${pad(shards)}`;
        const source = (await shard(name)) ?? refuse(`The data file ${name.slice(0, 80)} is missing.`);
        if (wanted !== size || offset + size > source.size)
          refuse(`${label} goes beyond its data; the file is cut off or broken.`);
        return decodeNumbers(await source.read(offset, offset + size), dtype);
      },
    });
  }
  return tensors;
}
