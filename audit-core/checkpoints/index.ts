import { RuntimeError } from '../runtime/error';
import type { ByteSource } from './byte-source';
import type { Checkpoint } from './checkpoint';
import { withConfiguration } from './configured';
import { CheckpointError, refuse } from './inspection';
import { defaultLimits, type Limits } from './limits';
import { sniff } from './sniff';

export type { ByteSource } from './byte-source';
export { bytesSource } from './byte-source';
export type { Checkpoint } from './checkpoint';
export { CheckpointError, type Hazard, type Inspection, type TensorInfo } from './inspection';
export { defaultLimits, type Limits } from './limits';
export type { LazyTensor, StateDict } from './tensors';

/**
 * Opens a checkpoint of any known format, told by its bytes. Nothing of the file is executed; weights stay in the file until
 * they are needed. Throws a `CheckpointError` with one sentence when the file is missing, cut off, hostile or unknown.
 */
export async function openCheckpoint(source: ByteSource, limits: Limits = defaultLimits): Promise<Checkpoint> {
  if (source.size === 0) refuse('The file is empty.');
  const open = await sniff(source, limits);
  if (!open) refuse('The file is no checkpoint or data file of a known format.');
  try {
    return await withConfiguration(await open(source, limits), source, limits);
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    if (error instanceof RuntimeError) refuse(error.message);
    // A reader that meets bytes it did not foresee must refuse the file, not end the program.
    if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError) {
      refuse('The file is broken: its parts do not fit together.');
    }
    throw error;
  }
}
