import { refuse } from '../inspection';
import type { Limits } from '../limits';
import { readVarint } from '../protobuf/wire';

/** Entries of a LevelDB-style table, as TensorFlow's tensor index is one (tensorflow/core/lib/io/format.cc): uncompressed blocks. */
export function* readTable(bytes: Uint8Array, limits: Limits): Generator<[string, Uint8Array]> {
  if (bytes.length < 48) refuse('The index is cut off.');
  const footer = bytes.subarray(bytes.length - 48);
  const magic = new DataView(footer.buffer, footer.byteOffset + 40, 8).getBigUint64(0, true);
  if (magic !== 0xdb4775248b80fb57n) refuse('The index is no TensorFlow index, or it is cut off.');
  const meta = handle(footer, 0);
  const index = handle(footer, meta.next);
  let count = 0;
  for (const [, pointer] of readBlock(bytes, index)) {
    for (const [key, value] of readBlock(bytes, handle(pointer, 0))) {
      if (++count > limits.tensors) refuse('The index has more entries than this reader allows (limits.tensors).');
      yield [key, value];
    }
  }
}

interface Handle {
  readonly offset: number;
  readonly size: number;
  readonly next: number;
}

function handle(bytes: Uint8Array, at: number): Handle {
  const offset = readVarint(bytes, at, 'The index');
  const size = readVarint(bytes, offset.next, 'The index');
  return { offset: Number(offset.value), size: Number(size.value), next: size.next };
}

/** One block: entries that share prefixes with the one before, then restart points. */
function* readBlock(bytes: Uint8Array, { offset, size }: Handle): Generator<[string, Uint8Array]> {
  if (offset + size + 5 > bytes.length || size < 4) refuse('The index is cut off or broken.');
  if (bytes[offset + size] !== 0) refuse('The index is compressed, which is not read.');
  const block = bytes.subarray(offset, offset + size);
  const restarts = new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(size - 4, true);
  const end = size - 4 - restarts * 4;
  if (end < 0) refuse('The index is broken.');
  let key = '';
  let at = 0;
  const latin1 = new TextDecoder('latin1');
  while (at < end) {
    const shared = readVarint(block, at, 'The index');
    const fresh = readVarint(block, shared.next, 'The index');
    const length = readVarint(block, fresh.next, 'The index');
    const start = length.next;
    const [keep, add, take] = [Number(shared.value), Number(fresh.value), Number(length.value)];
    if (keep > key.length || start + add + take > end) refuse('The index is broken.');
    key = key.slice(0, keep) + latin1.decode(block.subarray(start, start + add));
    yield [key, block.subarray(start + add, start + add + take)];
    at = start + add + take;
  }
}
