import type { LogEvent } from '../facts/events';
import {
  finding,
  here,
  isPeople,
  modelOutput,
  outputWords,
  peopleOf,
  peopleTier,
  perRecord,
  way,
  weakest,
} from './evidence';
import type { Rule, RuleContext } from './rule';

const where: Readonly<Record<LogEvent['sink'], string>> = {
  print: 'the output',
  log: 'the log',
  tracker: 'the experiment tracker',
  display: 'the notebook',
  autolog: 'the experiment tracker',
  watch: 'the experiment tracker',
  analytics: 'product analytics',
};

export const LEAK001: Rule = {
  id: 'LEAK001',
  name: 'confidence-logged',
  summary: 'Per-record probabilities, logits or losses are printed, logged or tracked.',
  severity: 'warning',
  check: context => here(context.of('log')).flatMap(event => judge(context, event)),
};

function judge(context: RuleContext, event: LogEvent) {
  const whole = event.sink === 'autolog' || event.sink === 'watch';
  const value = event.values.find(each => perRecord(each, modelOutput));
  if (!value && !whole) return [];
  const people = peopleOf(context, ...event.values);
  if (people.people === 'public' || (whole && !isPeople(people))) return [];
  const what = value ? `Per-record ${outputWords(value.taint)}` : 'Inputs, gradients or parameters';
  return [
    finding(LEAK001, event, {
      tier: weakest(event.tier, peopleTier(people)),
      message:
        `${what} of people go to ${where[event.sink]}. ` +
        'One confidence is enough to test whether a person was in the training data, and logs are read and kept more widely than models. ' +
        'Log an aggregate (mean loss, AUC), the label alone, or a score rounded to one decimal.',
      related: way(value ?? null),
    }),
  ];
}
