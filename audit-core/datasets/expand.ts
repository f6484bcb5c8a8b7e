import { ReplayError } from './errors';
import { column } from './grid';
import { isOperation, list, literal, literalOf, type Operation, type Recipe, type Term } from './recipe';
import type { Replay } from './replay';
import { asCells, isGrid, isScalar, type Value } from './values';

/** Most turns of a loop over columns. */
const mostTurns = 20_000;

/**
 * Puts what only the data decide into a recipe: a choice becomes the way that the data take, a loop over columns becomes its turns one after
 * the other. What is left are plain steps. Interrupted by `Wanted` and called again; what was done stays done.
 */
export class Expansion {
  private readonly made = new Map<Term, Term>();
  private readonly states = new Map<Term, readonly Term[]>();

  constructor(private readonly replay: Replay) {}

  recipe(of: Recipe): Recipe {
    return {
      ...of,
      features: this.term(of.features),
      label: of.label && this.term(of.label),
      ...(of.reads && { reads: of.reads.map(each => this.term(each)) }),
      ...(of.evaluated && {
        evaluated: of.evaluated.flatMap(each => {
          try {
            return [{ features: this.term(each.features), label: each.label && this.term(each.label) }];
          } catch (error) {
            // What the model was asked beside its training is of use, not needed.
            if (error instanceof ReplayError) return [];
            throw error;
          }
        }),
      }),
    };
  }

  term(of: Term): Term {
    const known = this.made.get(of);
    if (known) return known;
    const made = this.rewrite(of);
    this.made.set(of, made);
    return made;
  }

  private rewrite(of: Term): Term {
    if ('items' in of) {
      const items = of.items.map(each => this.term(each));
      return items.every((each, i) => each === of.items[i]) ? of : list(items);
    }
    if (!isOperation(of)) return of;
    if (of.op === 'choose') return this.term(of.args[isTrue(this.replay.value(this.term(of.args[0]!))) ? 1 : 2]!);
    if (of.op === 'unroll') return this.turned(of);
    if (of.op === 'pick-names') return this.picked(of);
    const args = of.args.map(each => this.term(each));
    const named = Object.entries(of.named).map(([name, each]) => [name, this.term(each)] as const);
    const same = args.every((each, i) => each === of.args[i]) && named.every(([name, each]) => each === of.named[name]);
    return same ? of : { op: of.op, args, named: Object.fromEntries(named) };
  }

  private names(of: Term): readonly (string | number)[] {
    const cells = asCells(this.replay.value(this.term(of)));
    if (cells.length > mostTurns) throw new ReplayError(`A loop goes over more than ${mostTurns} columns.`);
    return cells.map(cell => cell ?? '');
  }

  /** `[names, hole of the name, which variable, first values, holes of the variables, their values after one turn]` */
  private turned(of: Operation): Term {
    const [names, each, which, starts, holes, bodies] = of.args;
    const at = Number(literalOf(which));
    // Variables of one loop share their turns.
    let states = this.states.get(bodies!);
    if (!states) {
      states = itemsOf(starts).map(start => this.term(start));
      for (const name of this.names(names!)) {
        const put = new Map<Term, Term>([[each!, literal(name)]]);
        for (const [i, hole] of itemsOf(holes).entries()) put.set(hole, states[i]!);
        states = itemsOf(bodies).map(body => this.term(substituted(body, put)));
      }
      this.states.set(bodies!, states);
    }
    return states[at]!;
  }

  /** `[names, hole of the name, element, conditions…]` */
  private picked(of: Operation): Term {
    const [names, each, element, ...tests] = of.args;
    const kept = this.names(names!).flatMap(name => {
      const put = new Map<Term, Term>([[each!, literal(name)]]);
      const holds = tests.every(test => isTrue(this.replay.value(this.term(substituted(test, put)))));
      return holds ? [this.term(substituted(element!, put))] : [];
    });
    return list(kept);
  }
}

const itemsOf = (of: Term | undefined): readonly Term[] => (of && 'items' in of ? of.items : []);

/** Python's truth of one value. */
function isTrue(value: Value): boolean {
  if (isScalar(value)) return Boolean(value);
  if (isGrid(value) && value.height === 1 && value.columns.length === 1) return Boolean(column(value, 0).data[0]);
  throw new ReplayError('A choice depends on more than one value.');
}

/** The term with others in the place of some of its parts. */
function substituted(of: Term, put: ReadonlyMap<Term, Term>): Term {
  const made = new Map<Term, Term>(put);
  const through = (term: Term): Term => {
    const known = made.get(term);
    if (known) return known;
    const fresh = within(term, through);
    made.set(term, fresh);
    return fresh;
  };
  return through(of);
}

function within(of: Term, change: (term: Term) => Term): Term {
  if ('items' in of) {
    const items = of.items.map(change);
    return items.every((each, i) => each === of.items[i]) ? of : list(items);
  }
  if (!isOperation(of)) return of;
  const args = of.args.map(change);
  const named = Object.entries(of.named).map(([name, each]) => [name, change(each)] as const);
  const same = args.every((each, i) => each === of.args[i]) && named.every(([name, each]) => each === of.named[name]);
  return same ? of : { op: of.op, args, named: Object.fromEntries(named) };
}
