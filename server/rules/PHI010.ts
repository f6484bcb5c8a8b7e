import { finding, here, weakest } from './evidence';
import type { Rule } from './rule';

export const PHI010: Rule = {
  id: 'PHI010',
  name: 'weak-pseudonym',
  summary: 'An unsalted or reversible hash of an identifier is used as de-identification.',
  severity: 'warning',
  check: context =>
    here(context.of('mark'))
      .filter(mark => mark.mark === 'pseudonym:unsalted-hash')
      .map(mark =>
        finding(PHI010, mark, {
          tier: weakest(mark.tier, 'likely'),
          message:
            'An identifier is replaced by its unsalted hash. ' +
            'There are about 10⁹ social security numbers: all hashes of them are computed in seconds, and the table looked up. ' +
            'Use a random id with the mapping kept elsewhere, or an HMAC with a secret key.',
        }),
      ),
};
