import type { PrivatiseEvent } from '../facts/events';
import type { Span } from '../facts/syntax';
import type { Parameter } from '../facts/values';
import {
  caused,
  digits,
  finding,
  numberOf,
  numbersOf,
  originPlaces,
  overridable,
  provenance,
  weakest,
  writtenAt,
} from './evidence';
import type { Rule } from './rule';

/** From this clip norm on no realistic gradient is clipped. */
const NO_CLIP = 1e3;

interface Reason {
  readonly parameter?: Parameter;
  readonly what: string;
  readonly advice: string;
  /** Where the finding goes, when no parameter tells. */
  readonly at?: Span;
}

export const DP002: Rule = {
  id: 'DP002',
  name: 'disabled-mechanism',
  summary: 'A DP mechanism is there, but its parameters or a flag turn it off.',
  severity: 'warning',
  check: context =>
    caused(context.of('privatise')).flatMap(dp =>
      reasons(dp).map(({ parameter, what, advice, at }) => {
        const certain = parameter?.kind === 'constant' && !overridable(parameter);
        return finding(DP002, at ?? writtenAt(dp, parameter) ?? dp, {
          tier: weakest(dp.tier, certain ? 'certain' : 'likely'),
          message: `Differential privacy is off: ${what}${provenance(parameter)}. The model gets no guarantee although the code names one. ${advice}`,
          related: [
            { span: dp.span, message: 'the mechanism that it turns off' },
            ...originPlaces(parameter),
            ...(dp.disabledBy
              ? [{ span: dp.disabledBy.span, message: `\`${dp.disabledBy.flag}\` is off by default here` }]
              : []),
          ],
        });
      }),
    ),
};

function reasons(dp: PrivatiseEvent): Reason[] {
  const { noiseMultiplier, maxGradNorm, targetEpsilon } = dp.parameters;
  const found: Reason[] = [];
  // Inside a helper the switch is the helper's business, unless this file is where it is set.
  if (dp.disabledBy && (dp.callSite === undefined || dp.disabledBy.setAt))
    found.push({
      what: `it stands behind \`${dp.disabledBy.flag}\`, which is off by default`,
      advice: 'Make DP the default, and let a flag turn it off.',
      ...(dp.disabledBy.setAt && dp.path === undefined && { at: dp.disabledBy.setAt }),
    });
  if (numberOf(noiseMultiplier) === 0)
    found.push({
      parameter: noiseMultiplier!,
      what: 'the noise multiplier is 0, so ε is infinite',
      advice: 'Choose σ from a target ε (`epsilint account --target-epsilon`).',
    });
  const clip = numbersOf(maxGradNorm);
  if (clip.length > 0 && Math.min(...clip) >= NO_CLIP)
    found.push({
      parameter: maxGradNorm!,
      what: `gradients are clipped at ${digits(Math.min(...clip))}, which clips nothing`,
      advice: 'Clip near the median of the per-example gradient norms, often between 0.1 and 10.',
    });
  const target = numberOf(targetEpsilon);
  if (target === Infinity) found.push({ parameter: targetEpsilon!, what: 'ε is infinite', advice: 'Set a finite ε.' });
  // DataSynthesizer reads ε = 0 as "no noise at all".
  if (target === 0)
    found.push({
      parameter: targetEpsilon!,
      what: 'ε is 0, which libraries read as "no noise"',
      advice: 'Set a small positive ε.',
    });
  return found;
}
