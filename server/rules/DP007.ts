import type { MarkEvent, PrivatiseEvent, SeedEvent } from '../facts/events';
import { finding, here, literalFix, originPlaces, weakest } from './evidence';
import type { Finding } from './finding';
import type { Rule, RuleContext } from './rule';

export const DP007: Rule = {
  id: 'DP007',
  name: 'predictable-noise',
  summary: 'The noise that protects people can be drawn again from a known seed.',
  severity: 'error',
  check: context => [
    ...here(context.of('privatise')).flatMap(dp => judge(context, dp)),
    ...here(context.of('mark')).flatMap(mark => byHand(context, mark)),
  ],
};

const off = (dp: PrivatiseEvent): boolean => {
  const { secureMode } = dp.parameters;
  return secureMode?.kind !== 'unknown' && !(secureMode?.kind === 'constant' && secureMode.resolved.value === true);
};

const message = (what: string): string =>
  `The noise is predictable: ${what}. Who knows or guesses the seed subtracts the noise, and the guarantee is void. ` +
  'Leave the noise generator unseeded, and use the cryptographic one for a release (`secure_mode=True`).';

const seededAt = (seed: SeedEvent) => [{ span: seed.span, message: 'seeded here' }];

function judge(context: RuleContext, dp: PrivatiseEvent): Finding[] {
  const generator = dp.parameters.noiseGenerator;
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
        related: seededAt(own),
      }),
    ];
  const global = seeds.find(seed => seed.generator === 'torch' || seed.generator === 'tensorflow');
  if (global && dp.mechanism === 'dp-sgd' && off(dp))
    return [
      finding(DP007, dp, {
        tier: weakest(dp.tier, global.tier, 'likely'),
        severity: 'information',
        message: message('a global seed is set and the library draws from that generator'),
        related: seededAt(global),
      }),
    ];
  return [];
}

/** What a module says that adds noise for privacy, and not to augment or simulate. */
const forPrivacy =
  /differential(?:ly)?[-_ ]priva|\bdp[-_ ]?(?:noise|sgd|mechanism)|laplace mechanism|gaussian mechanism|privacy[-_ ]budget|\bepsilon\b/i;

/** Laplace noise written by hand comes from a statistical generator: its state can be found from enough outputs, seeded or not. */
function byHand(context: RuleContext, mark: MarkEvent): Finding[] {
  if (mark.mark !== 'noise:laplace' || !forPrivacy.test(context.text)) return [];
  const seed = here(context.of('seed')).find(each => each.generator === 'numpy' && each.id < mark.id);
  return [
    finding(DP007, mark, {
      tier: weakest(mark.tier, 'likely'),
      severity: seed ? 'error' : 'information',
      message: message(
        seed
          ? 'the generator that draws it is seeded'
          : "it comes from NumPy's statistical generator, whose state can be worked out, and floating-point Laplace noise has holes",
      ),
      related: seed ? seededAt(seed) : [],
    }),
  ];
}
