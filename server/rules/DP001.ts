import type { PrivatiseEvent, TrainEvent } from '../facts/events';
import { caused, finding, isPeople, overlap, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

/**
 * Whether a training step touches the model or optimizer that a DP call was given or gave back: then it is the DP rules'
 * business. A loader that both share is no tie: a plain baseline on the same rows is DP001's.
 */
export const touches = (train: TrainEvent, dp: PrivatiseEvent): boolean =>
  train.privatisedBy.includes(dp.id) || overlap(train.model, dp.model) || overlap(train.optimizer, dp.optimizer);

/** A helper that fits a mixture or a projection prepares columns: the training that matters is what comes after. */
const prepares = (train: TrainEvent): boolean =>
  train.model?.types.some(type => /^sklearn\.(?:mixture|cluster|decomposition|preprocessing)\./.test(type)) ?? false;

/**
 * Mixed precision steps in one branch and plain code in the other: one loop that trains one model is one finding, at the last
 * plain step.
 */
function oncePerLoop(steps: readonly TrainEvent[]): readonly TrainEvent[] {
  const isScaled = (step: TrainEvent) => step.api.includes('GradScaler');
  const others = (step: TrainEvent) =>
    steps.filter(
      one =>
        one !== step &&
        one.style === 'step' &&
        one.path === step.path &&
        one.loops.at(-1) !== undefined &&
        one.loops.at(-1)?.span.start === step.loops.at(-1)?.span.start &&
        (overlap(one.optimizer, step.optimizer) || overlap(one.model, step.model)),
    );
  return steps.filter(
    step =>
      step.style !== 'step' ||
      others(step).every(one => (isScaled(one) === isScaled(step) ? one.span.start < step.span.start : isScaled(one))),
  );
}

export const DP001: Rule = {
  id: 'DP001',
  name: 'unprotected-training',
  summary: 'A model learns from records of people with no differential privacy.',
  severity: 'information',
  check: context => {
    const mechanisms = context.of('privatise');
    const trained = context.of('train').filter(train => train.path === undefined || !prepares(train));
    return caused(oncePerLoop(trained.filter(train => train.privatisedBy.length === 0))).flatMap(train => {
      // A mechanism behind a switch that is off protects only what stands behind that switch too.
      const active = mechanisms.filter(dp => !dp.disabledBy || train.disabledBy);
      if (active.some(dp => touches(train, dp))) return [];
      // Beside a DP call, a step whose model is not seen may well be the private one.
      if (active.some(dp => dp.mechanism === 'dp-sgd') && !train.model?.objects.length) return [];
      const people = peopleOf(context, train.data, train.model);
      if (!isPeople(people)) return [];
      const declared = people.people === 'declared';
      return [
        finding(DP001, train, {
          tier: weakest(train.tier, peopleTier(people)),
          severity: declared ? 'warning' : 'information',
          message:
            'The model learns from records of people without differential privacy: nothing bounds what it remembers of one person. ' +
            `Person data because ${people.reason}; whoever holds the model can test whether somebody was in it. ` +
            'Train with DP-SGD (Opacus, TensorFlow Privacy, diffprivlib), or audit the checkpoint and keep it inside.',
          related: way(train.data),
        }),
      ];
    });
  },
};
