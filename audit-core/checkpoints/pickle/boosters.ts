import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { CheckpointError } from '../inspection';
import type { Limits } from '../limits';
import type { Loadable } from '../sklearn';
import { bytesOf } from './numpy';
import { attribute, classOf, isKind, type PyObject, type PyValue } from './values';

/** The booster inside a pickled XGBoost, LightGBM or CatBoost estimator, read in its own format; null for anything else. */
export async function loadBooster(value: PyValue, source: ByteSource, limits: Limits): Promise<Loadable | null> {
  const booster = find(value);
  if (!booster) return null;
  try {
    const checkpoint = await open(booster, source, limits, booster !== value);
    const { load, inspection } = checkpoint;
    if (!load)
      return {
        ok: false,
        why: inspection.why,
        inputs: [],
        load: () => Promise.reject(new CheckpointError(inspection.why)),
      };
    // These models need no binaries: their trees are plain numbers.
    return {
      ok: true,
      why: inspection.why,
      inputs: inspection.inputs,
      load: () => load({ onnxFolder: '', tfjsFolder: '' }),
    };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    return { ok: false, why: error.message, inputs: [], load: () => Promise.reject(error) };
  }
}

function find(value: PyValue | undefined): PyObject | null {
  if (!isKind(value, 'object')) return null;
  const name = classOf(value);
  if (name === 'xgboost.core.Booster' || name === 'lightgbm.basic.Booster') return value;
  // CatBoost's estimators carry their model as bytes.
  if (name.startsWith('catboost.') && attribute(value, '__model') !== undefined) return value;
  return /^(?:xgboost|lightgbm)\./.test(name) ? find(attribute(value, '_Booster')) : null;
}

async function open(booster: PyObject, source: ByteSource, limits: Limits, estimator: boolean): Promise<Checkpoint> {
  if (classOf(booster).startsWith('xgboost')) {
    const { xgboostOf } = await import('../xgboost');
    return xgboostOf(await bytesOf(attribute(booster, 'handle'), source), limits, estimator);
  }
  if (classOf(booster).startsWith('catboost.')) {
    const { catboostOf } = await import('../catboost/binary');
    return catboostOf(await bytesOf(attribute(booster, '__model'), source), limits);
  }
  const text = attribute(booster, '_handle') ?? attribute(booster, 'handle');
  if (typeof text !== 'string') throw new CheckpointError('The LightGBM booster in the file holds no text model.');
  // A pickled booster keeps the trees behind the best iteration of early stopping, which it does not ask.
  const best = Number(attribute(booster, 'best_iteration') ?? 0);
  return (await import('../lightgbm')).lightgbmOf(text, best > 0 ? best : null);
}
