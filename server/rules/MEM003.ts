import { mentions } from '../facts';
import type { ExportEvent, SynthesiseEvent } from '../facts/events';
import { caused, finding, here, isPeople, overlap, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Finding } from './finding';
import type { Rule, RuleContext } from './rule';

export const MEM003: Rule = {
  id: 'MEM003',
  name: 'unchecked-synthetic',
  summary: 'Synthetic records are released with no privacy metric.',
  severity: 'warning',
  check: context => {
    const steps = context.of('synthesise');
    if (steps.some(step => step.step === 'evaluate-privacy') || mentions(context.text, ownMetric)) return [];
    const drawn = caused(steps).filter(step => step.step === 'sample' || step.step === 'fit');
    return drawn.length > 0 ? synthesized(context, drawn) : written(context);
  },
};

/** A check of one's own: distances to the closest record, or a membership test. */
const ownMetric = /distance.to.closest|closest.record|\bdcr\b|nndr|membership.inference|singling.?out|privacy_metrics/i;

/** What a synthesizer drew: the samples where they can be followed, else the first thing drawn. */
function synthesized(context: RuleContext, drawn: readonly SynthesiseEvent[]): Finding[] {
  const exports = here(context.of('export')).filter(event => event.id > drawn[0]!.id);
  const released = exports.filter(event =>
    event.values.some(
      value => drawn.some(step => overlap(value, step.input)) || value.types.some(type => /synthetic/i.test(type)),
    ),
  );
  const places = released.length > 0 ? released : drawn.filter(step => step.step === 'sample').slice(0, 1);
  return places.flatMap(event => {
    const people = peopleOf(context, drawn[0]!.input);
    return isPeople(people)
      ? [
          report(event, peopleTier(people), [
            { span: drawn[0]!.span, message: 'the synthesizer learns or draws here' },
            ...way(drawn[0]!.input),
          ]),
        ]
      : [];
  });
}

/** Records made by hand from real ones and called synthetic where they are written. */
function written(context: RuleContext): Finding[] {
  return here(context.of('export')).flatMap(event => {
    const target = event.target?.constant?.value;
    const name = typeof target === 'string' ? target : (event.target?.text ?? '');
    if (!/synth/i.test(name)) return [];
    // Statistics of rows are what such records are drawn from: the strength does not matter here, their source does.
    const value = event.values.find(each => each.sources.length > 0);
    if (!value) return [];
    const people = peopleOf(context, value);
    return isPeople(people) ? [report(event, peopleTier(people), way(value))] : [];
  });
}

function report(event: SynthesiseEvent | ExportEvent, tier: Finding['tier'], related: Finding['related']): Finding {
  return finding(MEM003, event, {
    tier: weakest(event.tier, tier),
    message:
      'Synthetic records of people go out with no privacy metric; quality scores say nothing about who can be recognised. ' +
      'A synthesizer can copy its training rows, and the better it scores the likelier that is. ' +
      'Compare distances to the closest record against held-out people, or run a membership test (`anonymeter`, DOMIAS).',
    related,
  });
}
