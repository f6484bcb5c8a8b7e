import type { PrivatiseEvent } from '../facts/events';
import { finding, here, literalFix, originPlaces, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

export const DP007: Rule = {
  id: 'DP007',
  name: 'predictable-noise',
  summary: 'The noise that protects people can be drawn again from a known seed.',
  severity: 'error',
  check: context => here(context.of('privatise')).flatMap(dp => judge(context, dp)),
};

const off = (dp: PrivatiseEvent): boolean => {
  const { secureMode } = dp.parameters;
  return secureMode?.kind !== 'unknown' && !(secureMode?.kind === 'constant' && secureMode.resolved.value === true);
};

function judge(context: RuleContext, dp: PrivatiseEvent) {
  const generator = dp.parameters.noiseGenerator;
  const message = (what: string) =>
    `The noise is predictable: ${what}. Who knows or guesses the seed subtracts the noise, and the guarantee is void. ` +
    'Leave the noise generator unseeded, and use the cryptographic one for a release (`secure_mode=True`).';
  if (generator?.kind === 'constant' && generator.resolved.value !== null)
    return [
      finding(DP007, dp, {
        tier: weakest(dp.tier, 'certain'),
        message: message('its generator is given a fixed seed'),
        related: originPlaces(generator),
        fixes: literalFix(dp.span, generator, 'None', 'Leave the noise generator unseeded'),
      }),
    ];
  const seeds = here(context.of('seed')).filter(seed => seed.id < dp.id);
  const own = seeds.find(seed => seed.generator === 'numpy' || seed.generator === 'jax');
  if (own && (dp.mechanism === 'output-noise' || dp.mechanism === 'hand-written'))
    return [
      finding(DP007, dp, {
        tier: weakest(dp.tier, own.tier, 'likely'),
        message: message('the generator that draws it is seeded'),
        related: [{ span: own.span, message: 'seeded here' }],
      }),
    ];
  const global = seeds.find(seed => seed.generator === 'torch' || seed.generator === 'tensorflow');
  if (global && dp.mechanism === 'dp-sgd' && off(dp))
    return [
      finding(DP007, dp, {
        tier: weakest(dp.tier, global.tier, 'likely'),
        severity: 'information',
        message: message('a global seed is set and the library draws from that generator'),
        related: [{ span: global.span, message: 'seeded here' }],
      }),
    ];
  return [];
}
