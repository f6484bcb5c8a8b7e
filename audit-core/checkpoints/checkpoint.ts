import type { RuntimeAssets } from '../runtime/assets';
import type { WeightLookup } from '../runtime/keras/model';
import type { Runtime } from '../runtime/runtime';
import type { Inspection } from './inspection';
import type { StateDict } from './tensors';

/** One opened checkpoint: what is in it, and how it is run where it can be. */
export interface Checkpoint {
  readonly inspection: Inspection;
  /** Loads the model for predictions, in this process, nothing of the file executed; absent where `inspection.runnable` is false. */
  readonly load?: (assets: RuntimeAssets) => Promise<Runtime>;
  /** Named weights without an architecture: a script or a known family gives them one. */
  readonly stateDict?: StateDict;
  /** The configuration of a Keras model and where its weights are: its layers can be trained anew. */
  readonly layers?: { readonly config: unknown; readonly weights: WeightLookup };
}
