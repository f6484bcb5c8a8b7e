import {
  digits,
  finding,
  here,
  isPeople,
  numberOf,
  originPlaces,
  overridable,
  peopleOf,
  peopleTier,
  provenance,
  weakest,
} from './evidence';
import type { Rule } from './rule';

const MANY_EPOCHS = 50;

export const MEM001: Rule = {
  id: 'MEM001',
  name: 'overfit-prone',
  summary: 'Many epochs with no regularisation, no early stopping and no validation.',
  severity: 'information',
  check: context =>
    here(context.of('train')).flatMap(event => {
      const epochs = numberOf(event.epochs);
      if (epochs === null || epochs < MANY_EPOCHS || event.regularisation.length > 0) return [];
      const people = peopleOf(context, event.data);
      if (!isPeople(people)) return [];
      return [
        finding(MEM001, event, {
          tier: weakest(event.tier, peopleTier(people), overridable(event.epochs) ? 'likely' : 'certain'),
          message:
            `The model sees every record ${digits(epochs)} times${provenance(event.epochs)} with no regularisation, early stopping or validation. ` +
            'What it then knows of single people is what membership attacks measure. ' +
            'Stop early on held-out people, add weight decay or dropout, or train fewer epochs.',
          related: originPlaces(event.epochs),
        }),
      ];
    }),
};
