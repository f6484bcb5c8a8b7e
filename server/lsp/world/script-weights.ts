import { basename } from 'node:path';
import type { StateDict } from '../../../audit-core/checkpoints/tensors';
import { wholeWeights } from '../../../audit-core/checkpoints/torch/reparametrised';
import { RuntimeError } from '../../../audit-core/runtime/error';
import { buildNetwork } from '../../../audit-core/runtime/network/network';
import { networksOfScript } from '../../workspace/script-network';

/**
 * Whether weights can be run as the network that a script (absolute path) builds, and in which words; null for a script that is no
 * Python or builds no network. Nothing of the script is run.
 */
export async function networkFor(
  weights: StateDict,
  checkpoint: string,
  script: string,
): Promise<{ runnable: boolean; why: string; architecture: string | null } | null> {
  const description = await networksOfScript(script, checkpoint);
  if (!description) return null;
  const shapes = new Map([...wholeWeights(weights)].map(([name, { shape }]) => [name, shape] as const));
  const name = basename(script);
  try {
    const network = buildNetwork(description, { shapes });
    return { runnable: true, why: `As the network ${network.name} that ${name} builds.`, architecture: network.words };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { runnable: false, why: `${name}: ${error.message}`, architecture: null };
  }
}
