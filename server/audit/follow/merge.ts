import { literalOf, operation } from '../../../audit-core/datasets/recipe';
import type { Span } from '../../facts/syntax';
import type { Follower } from './follower';
import { fill, restore, type State } from './state';
import { type Meaning, termOf } from './symbols';

export const isSame = (a: Meaning, b: Meaning): boolean =>
  a === b ||
  (a.kind === 'term' &&
    b.kind === 'term' &&
    a.row === b.row &&
    a.batch === b.batch &&
    (a.term === b.term || (literalOf(a.term) !== undefined && literalOf(a.term) === literalOf(b.term)))) ||
  (a.kind === 'path' && b.kind === 'path' && a.path === b.path);

/** One of two values by a test that only the data decide: by row where the test is of a row, else for all. */
export function chosen(at: Follower, test: Meaning, place: Span, yes: Meaning, no: Meaning): Meaning {
  if (isSame(yes, no)) return yes;
  const [a, b] = [termOf(yes), termOf(no)];
  if (test.kind === 'term' && !test.batch && a && b) {
    const marked = [yes, no].some(each => each.kind === 'term' && (each.row || each.batch));
    if (test.row) return { kind: 'term', row: true, term: operation('where', [test.term, a, b]) };
    if (!marked) return { kind: 'term', term: operation('choose', [test.term, a, b]) };
  }
  if (yes.kind === 'unknown' && yes.why) return yes;
  if (no.kind === 'unknown' && no.why) return no;
  return at.lose(place, 'a choice that depends on what is not known');
}

/** Joins what two ways through an `if` made. A way that ends the program leaves the other one alone. */
export function joinStates(at: Follower, test: Meaning, place: Span, one: State, other: State): void {
  if (one.jump === 'raise' || other.jump === 'raise') {
    restore(at, one.jump === 'raise' ? other : one);
    return;
  }
  const join = (a: ReadonlyMap<string, Meaning>, b: ReadonlyMap<string, Meaning>): Map<string, Meaning> => {
    const made = new Map<string, Meaning>();
    for (const name of new Set([...a.keys(), ...b.keys()])) {
      const [yes, no] = [a.get(name), b.get(name)];
      // A name that only one way binds is used later only where that way was taken.
      made.set(name, yes && no ? chosen(at, test, place, yes, no) : (yes ?? no)!);
    }
    return made;
  };
  for (const [scope, names] of one.scopes) fill(scope, join(names, other.scopes.get(scope) ?? names));
  for (const [instance, held] of one.instances) {
    const twin = other.instances.get(instance) ?? held;
    fill(instance.named, join(held.named, twin.named));
    instance.state = held.state === twin.state ? held.state : null;
    instance.last = held.last === twin.last ? held.last : null;
    if (held.last !== twin.last && instance.type.startsWith('generator:')) instance.state = null;
  }
  const [yes, no] = [one.returned, other.returned];
  at.returned = yes && no ? chosen(at, test, place, yes, no) : null;
  at.jump = one.jump === other.jump ? one.jump : null;
  at.unsure = one.unsure || other.unsure || Boolean(yes) !== Boolean(no) || one.jump !== other.jump;
}
