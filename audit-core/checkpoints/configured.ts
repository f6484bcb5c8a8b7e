import type { ByteSource } from './byte-source';
import type { Checkpoint } from './checkpoint';
import { CheckpointError } from './inspection';
import type { Limits } from './limits';
import { asObject, parseJson, utf8 } from './text/json';

/** Weights with a `config.json` of Hugging Face transformers beside them: it may name a network that is built here. */
export async function withConfiguration(
  checkpoint: Checkpoint,
  source: ByteSource,
  limits: Limits,
): Promise<Checkpoint> {
  const { inspection, stateDict, load } = checkpoint;
  if (load || !stateDict || inspection.hazards.length > 0 || !/torch|safetensors/.test(inspection.format))
    return checkpoint;
  const config = await configurationOf(source, limits);
  if (!config) return checkpoint;
  const { configuredNetwork, configuredRuntime } = await import('../runtime/network/configured');
  const network = configuredNetwork(config);
  if (!network) return checkpoint;
  if ('why' in network)
    return {
      ...checkpoint,
      inspection: {
        ...inspection,
        why: `${network.why}; the training script may spell it out (score --script), or an export to ONNX.`,
      },
    };
  return {
    ...checkpoint,
    inspection: {
      ...inspection,
      architecture: `${network.name} of its config.json`,
      inputs: network.inputs,
      runnable: true,
      why: 'Runs in this process: the config.json beside it names the network, which is built here.',
    },
    load: async assets => await configuredRuntime(network, stateDict, assets),
  };
}

/** A broken `config.json` says nothing about the weights beside it. */
async function configurationOf(source: ByteSource, limits: Limits): Promise<ReturnType<typeof asObject>> {
  try {
    const file = await source.sibling('config.json');
    if (!file || file.size > Math.min(limits.structureBytes, 1 << 20)) return null;
    return asObject(parseJson(utf8(await file.read(0, file.size), 'config.json'), limits.depth, 'config.json'));
  } catch (error) {
    if (error instanceof CheckpointError) return null;
    throw error;
  }
}
