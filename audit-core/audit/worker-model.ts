import { runtimeAssets } from '../../server/workspace/assets';
import { fileSource } from '../../server/workspace/byte-source';
import { networksOfScript } from '../../server/workspace/script-network';
import { defaultLimits, type Limits, openCheckpoint } from '../checkpoints';
import type { StateDict } from '../checkpoints/tensors';
import { RuntimeError } from '../runtime/error';
import { networkRuntime } from '../runtime/network/runtime';
import type { Runtime } from '../runtime/runtime';

/** Weights whose network the script does not spell out in a way that can be rebuilt. */
export class UnbuiltError extends RangeError {
  override readonly name = 'UnbuiltError';
}

export interface OpenModel {
  readonly runtime: Runtime;
  /** How many numbers the checkpoint holds. */
  readonly parameters: number;
  /** The script gives the weights their network: what it does not spell out may show only when the network is asked. */
  readonly byScript: boolean;
}

/**
 * A checkpoint ready to be asked; `script` is the training script that gives a state dict its architecture. Refuses with one
 * sentence what cannot be run. The caller disposes of it.
 */
export async function openModel(
  path: string,
  script: string | null,
  limits: Limits = defaultLimits,
): Promise<OpenModel> {
  const source = await fileSource(path);
  try {
    const { load, stateDict, inspection } = await openCheckpoint(source, limits);
    const { parameters } = inspection;
    if (load) return { runtime: await load(runtimeAssets(__dirname)), parameters, byScript: false };
    if (stateDict && script !== null)
      return { runtime: await byScript(stateDict, script, path, source.name), parameters, byScript: true };
    const hint = stateDict ? ' Name the training script, which gives the weights their architecture.' : '';
    throw new RangeError(`${source.name}: this checkpoint cannot be run here. ${inspection.why}${hint}`);
  } finally {
    await source.close();
  }
}

async function byScript(weights: StateDict, script: string, path: string, name: string): Promise<Runtime> {
  const networks = await networksOfScript(script, path, __dirname);
  if (!networks) throw new RangeError(`${name}: its script cannot be read.`);
  try {
    return await networkRuntime(networks, weights, runtimeAssets(__dirname));
  } catch (error) {
    if (error instanceof RuntimeError) throw new UnbuiltError(`${name}: ${error.message}`);
    throw error;
  }
}
