import { Taint } from '../facts/values';
import { finding, has, here, identifyingColumns, listed, way, weakest } from './evidence';
import type { Rule } from './rule';

export const PHI001: Rule = {
  id: 'PHI001',
  name: 'identifier-as-feature',
  summary: 'A direct identifier reaches the features that a model learns from.',
  severity: 'error',
  check: context =>
    here(context.of('train')).flatMap(event => {
      const data = event.data;
      if (!data || data.strength === 'aggregate' || !has(data, Taint.identifier)) return [];
      const { direct } = identifyingColumns(context, data);
      // Without a column that is still there, the identifier may have been dropped on a way the run did not see.
      if (direct.length === 0) return [];
      return [
        finding(PHI001, event, {
          tier: weakest(event.tier, data.columns?.complete ? 'certain' : 'likely'),
          message:
            `The features still hold ${listed(direct)}, which ${direct.length === 1 ? 'identifies people' : 'identify people'}. ` +
            'A model can memorise an identifier and give it back; it carries no signal that generalises. ' +
            'Drop the column before the split.',
          related: way(data),
        }),
      ];
    }),
};
