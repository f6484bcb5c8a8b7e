import { finding, here, weakest } from './evidence';
import type { Rule } from './rule';

export const PHI008: Rule = {
  id: 'PHI008',
  name: 'undefaced-head',
  summary: 'Head volumes reach training or export with no defacing in sight.',
  severity: 'warning',
  check: context => {
    const marks = here(context.of('mark'));
    if (marks.some(mark => mark.mark === 'volume:defaced')) return [];
    const goesOn = context.of('train').length > 0 || context.of('export').length > 0 || context.of('save').length > 0;
    if (!goesOn) return [];
    return marks
      .filter(mark => mark.mark === 'volume:head')
      .slice(0, 1)
      .map(mark =>
        finding(PHI008, mark, {
          tier: weakest(mark.tier, 'likely'),
          message:
            'Volumes of heads are used without defacing or skull stripping. ' +
            'A face can be rendered from a head MR or CT and matched to photographs (Schwarz et al., NEJM 2019: 83 % of 84 people). ' +
            'Deface (`pydeface`) or strip the skull (`HD-BET`, SynthStrip) before training or export.',
        }),
      );
  },
};
