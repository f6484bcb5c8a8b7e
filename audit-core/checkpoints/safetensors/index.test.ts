import assert from 'node:assert/strict';
import { bytesSource } from '../byte-source';
import { openCheckpoint } from '../index';

/** A file as the format says: 8 bytes of header length, the header, the data. */
function file(header: string, data: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + data);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
}
const open = (header: string, data: number) => openCheckpoint(bytesSource('m.safetensors', file(header, data)));

describe('safetensors', () => {
  it('lists tensors and counts parameters', async () => {
    const { inspection } = await open(
      '{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]}}',
      28,
    );
    assert.equal(inspection.parameters, 8);
    assert.deepEqual(
      inspection.tensors.map(tensor => tensor.dtype),
      ['float32', 'bfloat16'],
    );
  });

  it('refuses what two readers could read in two ways', async () => {
    await assert.rejects(
      open(
        '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      /twice/,
    );
    await assert.rejects(
      open(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
        12,
      ),
      /overlap/,
    );
    await assert.rejects(open('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), /hole/);
    await assert.rejects(open('{"a":{"dtype":"F32","shape":[4e0],"data_offsets":[0,16]}}', 16), /whole number/);
    await assert.rejects(open('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,8]}}', 8), /needs 16/);
  });

  it('touches only the header of a large file', async () => {
    let touched = 0;
    const header = file('{"w":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}', 0);
    const size = header.length + 4_000_000_000;
    const source = {
      name: 'm.safetensors',
      size,
      read: async (start: number, end: number) => {
        touched += Math.min(end, size) - start;
        const out = new Uint8Array(Math.min(end, size) - start);
        out.set(header.subarray(start, end));
        return out;
      },
      sibling: async () => null,
    };
    const { inspection } = await openCheckpoint(source);
    assert.equal(inspection.parameters, 1e9);
    assert.ok(touched < 1 << 20, `${touched} bytes were read`);
  });
});
