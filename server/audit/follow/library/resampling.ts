import { operation } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { type Instance, instance, isNone, known, type Meaning, termOf, tuple, unknown } from '../symbols';
import { drawFrom } from './generators';
import { part } from './splits';

/** Resamplers that keep every record and put others beside them: made-up ones, or the same again. */
const keeping = /^(?:SMOTE|SMOTENC|SMOTEN|BorderlineSMOTE|SVMSMOTE|KMeansSMOTE|ADASYN|RandomOverSampler)$/;

/** Constructors of imbalanced-learn's resamplers; null for others. */
export function callResampling(path: string, { args, named }: CallSite): Meaning | null {
  if (!/^imblearn\.(?:over_sampling|under_sampling|combine)\./.test(path)) return null;
  const own = new Map(named);
  if (args[0]) own.set('sampling_strategy', args[0]);
  return instance(path, own);
}

/** `fit_resample`: the records as they are, where all are kept; a draw, where some are left out by chance; null for other instances. */
export function callResampler(self: Instance, method: string, { at, args, named }: CallSite): Meaning | null {
  if (!self.type.startsWith('imblearn.') || (method !== 'fit_resample' && method !== 'fit_sample')) return null;
  const [x, y] = [args[0] ?? named.get('X') ?? unknown, args[1] ?? named.get('y') ?? unknown];
  const [features, label] = [termOf(x), termOf(y)];
  // Neighbours and gaps are drawn from numpy's global stream, unless the resampler has a seed of its own.
  const seed = self.named.get('random_state');
  if (!features || !label) return x.kind === 'unknown' ? x : y.kind === 'unknown' ? y : unknown;
  const name = self.type.split('.').at(-1)!;
  if (keeping.test(name)) {
    if (isNone(seed)) at.globals.numpy.state = null;
    return tuple([known(operation('oversampled', [features])), known(operation('oversampled', [label]))]);
  }
  const options = [...self.named.keys()].filter(key => key !== 'random_state');
  if (name !== 'RandomUnderSampler' || options.length > 0) return unknown;
  const drawn = drawFrom(at, seed, 'imblearn.under', [features, label], new Map());
  return drawn ? tuple([part(x, drawn), part(y, drawn)]) : unknown;
}
