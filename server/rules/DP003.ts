import {
  caused,
  digits,
  finding,
  numbersOf,
  originPlaces,
  overridable,
  provenance,
  weakest,
  writtenAt,
} from './evidence';
import type { Severity } from './finding';
import type { Rule } from './rule';

/** From this ε on the guarantee says next to nothing: e^100 is no bound on a likelihood ratio. */
const MEANINGLESS = 100;
/** Below this, what is usually called a strong guarantee. */
const NOTABLE = 3;

export const DP003: Rule = {
  id: 'DP003',
  name: 'large-budget',
  summary: 'The privacy budget that the code buys, or aims at, is large.',
  severity: 'warning',
  check: context =>
    caused(context.of('privatise')).flatMap(dp => {
      const figure = context.budgets.find(each => each.event === dp.id);
      const targets = numbersOf(dp.parameters.targetEpsilon).filter(Number.isFinite);
      // A target is what the noise is solved for: it is there without solving.
      const { kind = 'absent' } = dp.parameters.noiseMultiplier ?? {};
      const solved = targets.length > 0 && kind === 'absent';
      const computed = !solved && figure?.epsilon != null;
      const epsilon = computed ? figure!.epsilon! : targets.length > 0 ? Math.max(...targets) : null;
      if (epsilon === null || epsilon < Math.min(NOTABLE, context.settings.maxEpsilon)) return [];
      const severity: Severity =
        epsilon >= MEANINGLESS ? 'error' : epsilon >= context.settings.maxEpsilon ? 'warning' : 'information';
      const soft = computed ? figure!.overridable : overridable(dp.parameters.targetEpsilon) || targets.length > 1;
      const delta = figure?.delta ? ` at δ = ${digits(figure.delta)}` : '';
      return [
        finding(
          DP003,
          writtenAt(dp, dp.parameters.noiseMultiplier) ?? writtenAt(dp, dp.parameters.targetEpsilon) ?? dp,
          {
            tier: weakest(dp.tier, soft ? 'likely' : 'certain'),
            severity,
            message:
              `The budget is large: ε = ${digits(epsilon)}${delta}${computed ? '' : ` is the target${provenance(dp.parameters.targetEpsilon)}`}. ` +
              `An attacker who doubts whether somebody is in the data (50 %) may become ${certainty(epsilon)} sure. ` +
              'Raise the noise, train fewer epochs or use larger data; ε ≤ 1 is strong, 3 is common, 8 is weak.',
            related: [
              { span: dp.span, message: 'the mechanism that it goes to' },
              ...originPlaces(dp.parameters.noiseMultiplier ?? dp.parameters.targetEpsilon),
            ],
          },
        ),
      ];
    }),
};

/** Largest posterior from a prior of one half under pure ε-DP: e^ε / (1 + e^ε) (Wasserman and Zhou 2010). */
function certainty(epsilon: number): string {
  const doubt = 1 / (1 + Math.exp(epsilon));
  return doubt < 1e-4 ? 'more than 99.99 %' : `${Number((100 * (1 - doubt)).toPrecision(4))} %`;
}
