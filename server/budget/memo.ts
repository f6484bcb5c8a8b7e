import {
  type Answer,
  type DpSgd,
  dpSgdEpsilon as dpSgd,
  gaussianEpsilon as gaussian,
  opacusRdpEpsilon as opacus,
} from '../../audit-core/accounting';

const LIMIT = 256;

/**
 * The accountants with a memory: an editor states the same budget at every key, and only the first may cost tens of
 * milliseconds. The oldest answers are forgotten.
 */
function remembered<Arguments extends readonly unknown[], Result>(
  compute: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const known = new Map<string, Result>();
  return (...given) => {
    const key = JSON.stringify(given);
    const old = known.get(key);
    if (old !== undefined) return old;
    const result = compute(...given);
    if (known.size >= LIMIT) known.delete(known.keys().next().value!);
    known.set(key, result);
    return result;
  };
}

export const dpSgdEpsilon: (question: DpSgd) => Answer = remembered(question => dpSgd(question));
export const opacusRdpEpsilon: typeof opacus = remembered(opacus);
export const gaussianEpsilon: typeof gaussian = remembered(gaussian);
