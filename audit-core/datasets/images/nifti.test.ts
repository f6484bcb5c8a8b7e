import assert from 'node:assert/strict';
import { gzipSync } from 'fflate';
import { readNifti } from './nifti';

/** A NIfTI-1 file of bytes with the shape that its header says, and as many voxels as are given. */
function volume(shape: readonly number[], voxels: number): Uint8Array {
  const bytes = new Uint8Array(352 + voxels);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  view.setInt16(40, shape.length, true);
  for (const [axis, size] of shape.entries()) view.setInt16(42 + 2 * axis, size, true);
  view.setInt16(70, 2, true);
  view.setFloat32(108, 352, true);
  bytes.set([0x6e, 0x2b, 0x31], 344);
  for (let index = 0; index < Math.min(voxels, 24); index++) bytes[352 + index] = index;
  return bytes;
}

describe('NIfTI volumes in gzip', () => {
  it('are read, first axis first', async () => {
    const { shape, data } = await readNifti(gzipSync(volume([2, 3, 4], 24)), 1000);
    assert.deepEqual(shape, [2, 3, 4]);
    assert.deepEqual([...data.subarray(0, 4)], [0, 6, 12, 18]);
  });

  it('are refused by their header before they are unpacked', async () => {
    await assert.rejects(readNifti(gzipSync(volume([500, 500, 500], 0)), 1000), /says it has 125000000 voxels/);
  });

  it('are unpacked no further than their header says', async () => {
    await assert.rejects(readNifti(gzipSync(volume([2, 3, 4], 8 << 20)), 1000), /holds more than its header says/);
  });

  it('may be much smaller packed than unpacked', async () => {
    const { data } = await readNifti(gzipSync(volume([200, 200, 100], 4_000_000), { level: 9 }), 1e7);
    assert.equal(data.length, 4_000_000);
  });
});
