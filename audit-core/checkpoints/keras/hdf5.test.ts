import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interop } from '../../runtime/interop';
import { defaultLimits } from '../limits';
import { openHdf5 } from './hdf5';

describe('HDF5 files', () => {
  it('stay readable when many are opened, and the library keeps a few of them', async () => {
    const path = join(__dirname, '../../../test/fixtures/checkpoints/conv1d_keras2.h5');
    const bytes = new Uint8Array(readFileSync(path));
    const files: Awaited<ReturnType<typeof openHdf5>>[] = [];
    for (let index = 0; index < 20; index++) files.push(await openHdf5(bytes, defaultLimits));
    const module = await interop(await import('h5wasm'), 'ready').ready;
    const { streams } = module.FS as unknown as { readonly streams: readonly unknown[] };
    assert.ok(streams.filter(Boolean).length < 14);
    const first = async (index: number): Promise<number[]> => {
      const [tensor] = files[index]?.tensors.values() ?? [];
      assert.ok(tensor);
      return [...(await tensor.values())].slice(0, 3);
    };
    assert.deepEqual(await first(0), await first(19));
    assert.ok((await first(0)).length > 0);
    for (const file of files) file.close();
  });
});
