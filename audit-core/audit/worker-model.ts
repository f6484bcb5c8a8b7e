import { runtimeAssets } from '../../server/workspace/assets';
import { fileSource } from '../../server/workspace/byte-source';
import { openCheckpoint } from '../checkpoints';
import type { Runtime } from '../runtime/runtime';

/** A checkpoint ready to be asked; refuses with one sentence what cannot be run. The caller disposes of it. */
export async function openModel(path: string): Promise<Runtime> {
  const source = await fileSource(path);
  try {
    const checkpoint = await openCheckpoint(source);
    if (!checkpoint.load)
      throw new RangeError(`${source.name}: this checkpoint cannot be run here. ${checkpoint.inspection.why}`);
    return await checkpoint.load(runtimeAssets(__dirname));
  } finally {
    await source.close();
  }
}
