import type { ClassDefinition } from '../syntax';

/** The class of networks that draw records: what they memorise they can also say. */
export const GENERATIVE = '#generative';

const draws = /\b(?:randn_like|randn|random_normal|rsample)\b|\.normal_?\s*\(/;
/**
 * A spread that comes out of an encoder, as its logarithm or by a softplus: `exp(0.5 * logvar)`, `logvar.exp()`. Layers whose own
 * weights are random variables keep theirs in themselves (`exp(self.rho)`), and draw no records.
 */
const spread =
  /(?:(?<![\w.])|\.)(?:exp|softplus)\s*\(\s*(?!self\.|\))|(?<!\bself\.\w{1,60})\.(?:exp|softplus)_?\s*\(\s*\)/;

const known = new WeakMap<ClassDefinition, boolean>();

/**
 * Whether a class draws its latent code as a mean plus noise times a spread that it computes of its input (the
 * reparametrisation of Kingma and Welling, 2014): a variational autoencoder, whatever it is called.
 */
export function reparametrises(cls: ClassDefinition, text: string): boolean {
  let found = known.get(cls);
  if (found === undefined) {
    found = cls.body.some(({ kind, start, end }) => {
      if (kind !== 'function') return false;
      const body = text.slice(start, end);
      return draws.test(body) && spread.test(body);
    });
    known.set(cls, found);
  }
  return found;
}
