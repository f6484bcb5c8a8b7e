import { otherRules, rules } from '../../rules';
import { nearest } from './suggest';

const ids: readonly string[] = [...rules, ...otherRules].map(({ id }) => id);

/** Whether it is a rule or the beginning of the names of some: what selects nothing would turn everything off in silence. */
export const namesRules = (prefix: string): boolean => ids.some(id => id.startsWith(prefix));

/** What is wrong with a word in the place of a rule or prefix. */
export function noRule(prefix: string): string {
  const meant = nearest(prefix, [...new Set([...ids, ...ids.map(id => id.replace(/\d+$/, ''))])]);
  return `there is no rule "${prefix}"${meant === null ? '; "epsilint rules" lists them' : ` (did you mean "${meant}"?)`}`;
}
