import { finding, here, weakest } from './evidence';
import type { Rule } from './rule';

export const DP011: Rule = {
  id: 'DP011',
  name: 'unread-budget',
  summary: 'Training is private and nobody ever reads how much was spent.',
  severity: 'warning',
  check: context => {
    const budgets = context.of('budget');
    if (budgets.length > 0) return [];
    return here(context.of('privatise')).flatMap(dp => {
      if (dp.mechanism !== 'dp-sgd' && dp.mechanism !== 'dp-ftrl') return [];
      const { targetEpsilon } = dp.parameters;
      const calibrated = targetEpsilon && targetEpsilon.kind !== 'absent';
      // A run that was calibrated to a target and trains exactly as planned has spent that target.
      if (calibrated && dp.used.optimizer && dp.used.model) return [];
      if (calibrated && !dp.used.optimizer) return [];
      return [
        finding(DP011, dp, {
          tier: weakest(dp.tier, 'likely'),
          message:
            'The privacy that this training spends is never read: nobody knows the ε of the model. ' +
            'Read it after training and keep it with the checkpoint (`privacy_engine.get_epsilon(delta)`).',
        }),
      ];
    });
  },
};
