import { digits, finding, here, isPeople, peopleOf, repeatedKey, weakest } from './evidence';
import type { Rule } from './rule';

/** A network can store roughly two bits a parameter (Allen-Zhu and Li 2024); a thousand parameters a person hold a record. */
const PARAMETERS_PER_PERSON = 1000;

export const MEM005: Rule = {
  id: 'MEM005',
  name: 'capacity',
  summary: 'The model has far more parameters than there are people to learn from.',
  severity: 'information',
  check: context =>
    here(context.of('save')).flatMap(event => {
      const target = event.target?.constant?.value;
      const parameters = typeof target === 'string' ? context.files(target)?.checkpoint?.parameters : undefined;
      if (!parameters) return [];
      const train = here(context.of('train'))
        .filter(each => each.id < event.id)
        .at(-1);
      const repeated = repeatedKey(context, train?.data ?? event.value);
      if (!repeated || repeated.people === 0 || !isPeople(peopleOf(context, train?.data ?? event.value))) return [];
      const ratio = parameters / repeated.people;
      if (ratio < PARAMETERS_PER_PERSON) return [];
      return [
        finding(MEM005, event, {
          tier: weakest(event.tier, 'likely'),
          message:
            `The model has ${digits(parameters)} parameters for ${digits(repeated.people)} people, ${digits(ratio)} for each. ` +
            'There is room to store every record whole. Use a smaller model, or DP, and audit the checkpoint.',
        }),
      ];
    }),
};
