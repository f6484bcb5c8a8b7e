import type { ScriptRequest } from '../../../audit-core/audit/request';
import { onnxNetwork } from '../../../audit-core/shadows/embedded/onnx-network';
import type { TrainingRecipe } from '../../../audit-core/shadows/embedded/recipe';
import type { Trainable } from '../../../audit-core/shadows/embedded/trainable';
import { ShadowError } from '../../../audit-core/shadows/engine';
import { fileSource } from '../byte-source';

/** The architecture of the audited model, to be trained anew: from its ONNX file. */
export async function architectureOf(request: ScriptRequest, recipe: TrainingRecipe): Promise<Trainable> {
  const source = await fileSource(request.checkpoint);
  try {
    if (/\.onnx$/i.test(source.name)) return await onnxNetwork(source, recipe.library);
    throw new ShadowError(
      `${source.name}: the embedded engine takes architectures from ONNX files; save one beside it, or use --engine process.`,
    );
  } finally {
    await source.close();
  }
}
