import {
  type Answer,
  account,
  type DpSgd,
  dpSgdEpsilon as dpSgd,
  gaussianEpsilon as gaussian,
  opacusGdpEpsilon as opacusGdp,
  opacusRdpEpsilon as opacusRdp,
  type Question,
  tfPrivacyEpsilon as tfPrivacy,
} from '../../audit-core/accounting';

const LIMIT = 512;

/**
 * The accountants with a memory: an editor states the same budget at every key, and only the first may cost tens of
 * milliseconds. The oldest answers are forgotten.
 */
export function remembered<Arguments extends readonly unknown[], Result>(
  compute: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (...given) => {
    const key = JSON.stringify(given);
    const old = known.get(key);
    if (old !== undefined) return old.result;
    const result = compute(...given);
    if (known.size >= LIMIT) known.delete(known.keys().next().value!);
    known.set(key, { result });
    return result;
  };
}

export const dpSgdEpsilon: (question: DpSgd) => Answer = remembered(question => dpSgd(question));
export const accountEpsilon: (question: Question) => Answer = remembered(question => account(question));
export const opacusRdpEpsilon: typeof opacusRdp = remembered(opacusRdp);
export const tfPrivacyEpsilon: (steps: Parameters<typeof tfPrivacy>[0]) => Answer = remembered(steps =>
  tfPrivacy(steps),
);
export const opacusGdpEpsilon: typeof opacusGdp = remembered(opacusGdp);
export const gaussianEpsilon: typeof gaussian = remembered(gaussian);
