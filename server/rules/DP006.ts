import { finding, here, weakest } from './evidence';
import type { Rule } from './rule';

export const DP006: Rule = {
  id: 'DP006',
  name: 'batch-mixing-layer',
  summary: 'A layer mixes the examples of a batch in a model that is trained with DP-SGD.',
  severity: 'warning',
  check: context => {
    const marks = here(context.of('mark'));
    if (marks.some(mark => mark.mark === 'layers-fixed')) return [];
    const layers = marks.filter(mark => mark.mark === 'layer:batch-norm');
    if (layers.length === 0) return [];
    return here(context.of('privatise')).flatMap(dp => {
      if (dp.mechanism !== 'dp-sgd') return [];
      const types = dp.model?.types ?? [];
      // A layer inside a class counts only where the private model is of that class, if its class is known.
      const layer = layers.find(each => {
        const owner = each.scope[0];
        return (
          owner === undefined || types.length === 0 || types.some(type => type === owner || type.endsWith(`.${owner}`))
        );
      });
      if (!layer) return [];
      return [
        finding(DP006, dp, {
          tier: weakest(dp.tier, layer.tier, types.length > 0 ? 'certain' : 'likely'),
          message:
            'The private model has a batch-normalisation layer: its statistics mix the examples of a batch, so clipping one example does not bound its influence. ' +
            'Use GroupNorm or LayerNorm (`ModuleValidator.fix(model)` before the optimizer is built).',
          related: [{ span: layer.span, message: 'the layer that mixes examples' }],
        }),
      ];
    });
  },
};
