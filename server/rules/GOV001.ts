import { finding, here, weakest } from './evidence';
import type { Rule } from './rule';

export const GOV001: Rule = {
  id: 'GOV001',
  name: 'unpinned-source',
  summary: 'Remote weights or data are taken without a revision.',
  severity: 'information',
  check: context => {
    if (!context.settings.requireProvenance) return [];
    return here(context.of('load-model')).flatMap(event => {
      const name = event.target?.constant?.value;
      if (!event.remote || (typeof name === 'string' && /^(?:\.{0,2}\/|~|[A-Za-z]:\\)/.test(name))) return [];
      const { revision } = event;
      if (revision.kind === 'unknown' || revision.kind === 'several') return [];
      // Only a commit pins: a branch or tag can move (bandit B615 asks for the same).
      if (
        revision.kind === 'constant' &&
        typeof revision.resolved.value === 'string' &&
        /^[0-9a-f]{7,64}$/i.test(revision.resolved.value)
      )
        return [];
      return [
        finding(GOV001, event, {
          tier: weakest(event.tier, 'certain'),
          message:
            'Remote weights or data are taken without a revision. What is trained tomorrow may differ from what was approved today. ' +
            'Pass `revision=` with a commit hash.',
        }),
      ];
    });
  },
};
