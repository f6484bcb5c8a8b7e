import type { PrivatiseEvent, TrainEvent } from '../facts/events';
import { touches } from './DP001';
import { finding, here, isPeople, overlap, peopleOf, way, weakest } from './evidence';
import type { Finding } from './finding';
import type { Rule, RuleContext } from './rule';

export const DP008: Rule = {
  id: 'DP008',
  name: 'non-private-path',
  summary: 'Parameters or statistics learn from the same private data outside the mechanism.',
  severity: 'error',
  check: context => {
    const mechanisms = here(context.of('privatise')).filter(dp => dp.mechanism === 'dp-sgd');
    return mechanisms.length === 0
      ? []
      : [...rawSteps(context, mechanisms), ...rawStatistics(context, mechanisms), ...rawLosses(context)];
  },
};

/** A step of the optimizer that went into the engine, or on its model with another one: no clipping, no noise. */
function rawSteps(context: RuleContext, mechanisms: readonly PrivatiseEvent[]): Finding[] {
  const seen = new Set<number>();
  return mechanisms.flatMap(dp =>
    here(context.of('train')).flatMap((train): Finding[] => {
      if (train.privatisedBy.includes(dp.id) && unused(dp, train) === null) return [];
      if (!touches(train, dp) || seen.has(train.id)) return [];
      const what = unused(dp, train);
      if (what === null) return [];
      seen.add(train.id);
      return [
        finding(DP008, train, {
          tier: weakest(train.tier, dp.tier, 'likely'),
          message:
            `The step goes around the mechanism: the private ${what} that the engine returned is not the one used here. ` +
            `Gradients are ${what === 'optimizer' ? 'not noised, so ε is infinite whatever is printed' : 'drawn from other batches than the accountant assumes'}. ` +
            `Bind and use the returned ${what}.`,
          related: [{ span: dp.span, message: `the engine returns the private ${what} here` }],
        }),
      ];
    }),
  );
}

/** Which part of what the engine returned this step leaves unused; null when it uses them. */
function unused(dp: PrivatiseEvent, train: TrainEvent): 'optimizer' | 'loader' | null {
  if (train.id < dp.id) return null;
  const bypass = !train.privatisedBy.includes(dp.id);
  if (bypass && !dp.used.optimizer) return 'optimizer';
  if (bypass && train.optimizer !== null && train.model !== null && overlap(train.model, dp.model)) return 'optimizer';
  if (dp.loader !== null && !dp.used.loader && dp.used.optimizer) return 'loader';
  return null;
}

/** Means, scales, vocabularies and components fitted on the private rows are released with the model. */
function rawStatistics(context: RuleContext, mechanisms: readonly PrivatiseEvent[]): Finding[] {
  return here(context.of('preprocess')).flatMap(event => {
    if (event.api.startsWith('diffprivlib.')) return [];
    const people = peopleOf(context, event.input);
    if (!isPeople(people)) return [];
    return [
      finding(DP008, event, {
        tier: weakest(event.tier, 'likely'),
        severity: 'information',
        message:
          'Statistics are fitted on the private rows outside the mechanism: the ε of the training does not cover them. ' +
          'Fit them on public data, fix the bounds beforehand, or spend budget on them (`diffprivlib.models.StandardScaler`).',
        related: [...way(event.input), { span: mechanisms[0]!.span, message: 'the mechanism that does not see this' }],
      }),
    ];
  });
}

/** A Keras loss that is called by its name, or made without saying otherwise, is reduced: nothing is left to clip per example. */
function rawLosses(context: RuleContext): Finding[] {
  return here(context.of('mark')).flatMap(mark => {
    if (mark.mark !== 'keras:compiled') return [];
    const { optimizer, loss } = mark.arguments;
    const isPrivate = optimizer?.types.some(type => /^tensorflow_privacy\.(?:DP|VectorizedDP)/.test(type));
    const reduced =
      typeof loss?.constant?.value === 'string' ||
      (loss && loss.types.length > 0 && loss.types.every(type => type.startsWith('keras.losses.')));
    if (!isPrivate || !reduced) return [];
    return [
      finding(DP008, mark, {
        tier: weakest(mark.tier, 'likely'),
        message:
          'The loss is reduced to one number before the DP optimizer sees it: gradients cannot be clipped per example, so ε does not hold. ' +
          'Pass a loss with `reduction=tf.keras.losses.Reduction.NONE`.',
      }),
    ];
  });
}
