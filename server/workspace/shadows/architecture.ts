import type * as tfjs from '@tensorflow/tfjs';
import type { ScriptRequest } from '../../../audit-core/audit/request';
import { openCheckpoint } from '../../../audit-core/checkpoints';
import { RuntimeError } from '../../../audit-core/runtime/error';
import { kerasModel } from '../../../audit-core/runtime/keras/model';
import { buildNetwork } from '../../../audit-core/runtime/network/network';
import { kerasNetwork } from '../../../audit-core/shadows/embedded/keras-network';
import { onnxNetwork } from '../../../audit-core/shadows/embedded/onnx-network';
import type { TrainingRecipe } from '../../../audit-core/shadows/embedded/recipe';
import { scriptNetwork } from '../../../audit-core/shadows/embedded/script-network';
import type { Trainable } from '../../../audit-core/shadows/embedded/trainable';
import { ShadowError } from '../../../audit-core/shadows/engine';
import { type FileSource, fileSource } from '../byte-source';
import { networksOfScript } from '../script-network';

/**
 * The architecture of the audited model, to be trained anew: from the script's own code where it can be followed (it knows dropout and batch
 * statistics), else from the checkpoint's graph.
 */
export async function architectureOf(
  tf: typeof tfjs,
  request: ScriptRequest,
  recipe: TrainingRecipe,
): Promise<Trainable> {
  const source = await fileSource(request.checkpoint);
  try {
    const graph = /\.onnx$/i.test(source.name);
    if (recipe.library === 'keras' && !graph) return await fromLayers(recipe, source);
    const own = await fromScript(tf, request, recipe, source);
    if (typeof own !== 'string') return own;
    if (graph) return await onnxNetwork(source, recipe.library);
    throw new ShadowError(`${own} Use --engine process.`);
  } finally {
    await source.close();
  }
}

/** A Keras file carries its layers. */
async function fromLayers({ loss }: TrainingRecipe, source: FileSource): Promise<Trainable> {
  const { layers, inspection } = await openCheckpoint(source);
  if (!layers)
    throw new ShadowError(
      `${source.name}: the embedded engine takes Keras models from files with their layers (.keras or .h5, saved whole). ${inspection.why} Use --engine process.`,
    );
  try {
    return kerasNetwork(kerasModel(layers.config, layers.weights), loss.name);
  } catch (error) {
    if (error instanceof RuntimeError) throw new ShadowError(`${source.name}: ${error.message} Use --engine process.`);
    throw error;
  }
}

/** A sentence where the code cannot be followed. */
async function fromScript(
  tf: typeof tfjs,
  { script, checkpoint }: ScriptRequest,
  { library }: TrainingRecipe,
  source: FileSource,
): Promise<Trainable | string> {
  if (library !== 'torch' || script === null)
    return `${source.name}: the embedded engine takes architectures from PyTorch code and ONNX files.`;
  const description = await networksOfScript(script, checkpoint);
  if (!description) return `${source.name}: the script's network is not known.`;
  const { inspection } = await openCheckpoint(source);
  const shapes = new Map(inspection.tensors.map(({ name, shape }) => [name, shape] as const));
  try {
    return scriptNetwork(buildNetwork(description, { tf, shapes }));
  } catch (error) {
    if (error instanceof Error && error.name === 'RuntimeError') return `${source.name}: ${error.message}`;
    throw error;
  }
}
