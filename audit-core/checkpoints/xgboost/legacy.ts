import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';

/** `inspect` of XGBoost's old binary format: `binf`, then its parameters (src/learner.cc, LearnerModelParamLegacy). */
export async function openXgboostLegacy(source: ByteSource, _limits: Limits): Promise<Checkpoint> {
  const head = await source.read(0, 4 + 136 + 8);
  if (head.length < 148) refuse('The XGBoost model is cut off.');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const base = view.getFloat32(4, true);
  const features = view.getUint32(8, true);
  const classes = view.getInt32(12, true);
  const length = view.getBigUint64(140, true);
  if (!Number.isFinite(base) || features > 1e8 || classes < 0 || classes > 1e6 || length > 256n || length < 1n)
    refuse('The XGBoost model is broken: its parameters are impossible.');
  const objective = new TextDecoder('latin1').decode(await source.read(148, 148 + Number(length)));
  if (!/^[a-z]+:[a-z_]+$/.test(objective)) refuse('The XGBoost model is broken: its objective is unknown.');
  return {
    inspection: inspection('xgboost legacy binary', {
      inputs: [{ name: 'X', shape: [-1, features], dtype: 'float32' }],
      metadata: { objective, classes },
      why: 'The old binary format of XGBoost is not run here; load it once and save_model("model.json").',
    }),
  };
}
