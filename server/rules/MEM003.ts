import { finding, here, isPeople, overlap, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

export const MEM003: Rule = {
  id: 'MEM003',
  name: 'unchecked-synthetic',
  summary: 'Synthetic records are released with no privacy metric.',
  severity: 'warning',
  check: context => {
    const steps = context.of('synthesise');
    if (steps.some(step => step.step === 'evaluate-privacy')) return [];
    const drawn = here(steps).filter(step => step.step === 'sample' || step.step === 'fit');
    if (drawn.length === 0) return [];
    const exports = here(context.of('export')).filter(event => event.id > drawn[0]!.id);
    // The samples themselves where they can be followed, else the first thing written after they were drawn.
    const released = exports.filter(event =>
      event.values.some(
        value => drawn.some(step => overlap(value, step.input)) || value.types.some(type => /synthetic/i.test(type)),
      ),
    );
    const places = released.length > 0 ? released : drawn.filter(step => step.step === 'sample').slice(0, 1);
    return places.flatMap(event => {
      const people = peopleOf(context, drawn[0]!.input);
      if (!isPeople(people)) return [];
      return [
        finding(MEM003, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            'Synthetic records of people go out with no privacy metric; quality scores say nothing about who can be recognised. ' +
            'A synthesizer can copy its training rows, and the better it scores the likelier that is. ' +
            'Compare distances to the closest record against held-out people, or run a membership test (`anonymeter`, DOMIAS).',
          related: [{ span: drawn[0]!.span, message: 'the synthesizer learns or draws here' }, ...way(drawn[0]!.input)],
        }),
      ];
    });
  },
};
