import { literalOf, type Term } from '../../../audit-core/datasets/recipe';
import type { Expression, FunctionDefinition, ModuleFacts, Statement } from '../../facts/syntax';
import { enter, invoke } from './calls';
import { meaningOf } from './expressions';
import { store } from './places';
import { branch, follow } from './statements';
import {
  type Followed,
  type Instance,
  instance,
  type Lambda,
  type Meaning,
  type Scope,
  termOf,
  unknown,
} from './symbols';

const maxSteps = 400_000;

/** Finds the text of a module of the project by its dotted name as the script imports it. */
export type FindModule = (name: string) => ModuleFacts | null;

export interface CallSite {
  readonly at: Follower;
  readonly args: readonly Meaning[];
  readonly named: ReadonlyMap<string, Meaning>;
  /** The expression given first, for calls that change it in place. */
  readonly first: Expression | null;
  /** What the method is called on, for methods that change it in place. */
  readonly place: Expression | null;
}

/** Why a block is left before its end. `raise` also stands for the end of the program. */
export type Jump = 'break' | 'continue' | 'raise';

/** Follows a training script from top to bottom without running it: data as terms, everything else unknown. */
export class Follower {
  readonly followed: Followed = { files: [], reads: [], training: [], evaluated: [], saved: [], lost: [], claims: [] };
  readonly globals: Record<'numpy' | 'python' | 'torch', Instance> = {
    numpy: instance('generator:numpy'),
    python: instance('generator:python'),
    torch: instance('generator:torch'),
  };
  /** Data loaders that are being iterated, innermost last. */
  readonly loaders: Instance[] = [];
  readonly modules = new Map<string, Scope>();
  scopes: Scope[] = [new Map()];
  /** The scopes of the callers, outermost first. */
  readonly frames: (readonly Scope[])[] = [];
  depth = 0;
  /** Loops of an unknown number of turns around the place that is followed. */
  loops = 0;
  returned: Meaning | null = null;
  jump: Jump | null = null;
  /** A jump or a return may have been taken, on what is not known: what the block made is not known either. */
  unsure = false;
  private steps = 0;
  private readonly outer = new WeakMap<Scope, ReadonlySet<string>>();

  constructor(readonly find: FindModule = () => null) {}

  run(facts: ModuleFacts): Followed {
    this.block(facts.body);
    // A script that is too long to follow to its end may change its data after all that was seen.
    if (this.steps > maxSteps) {
      this.followed.training.length = 0;
      this.followed.lost.push({ start: 0, end: 0, call: 'a script that is too long to follow' });
    }
    return this.followed;
  }

  /** Counts one step; false when there were too many. */
  step(): boolean {
    return ++this.steps <= maxSteps;
  }

  block(body: readonly Statement[]): void {
    for (const [i, statement] of body.entries()) {
      if (this.returned || this.jump || !this.step()) return;
      if (statement.kind === 'if') {
        if (branch(this, statement, body.slice(i + 1))) return;
      } else follow(this, statement);
    }
  }

  value(e: Expression): Meaning {
    return this.step() ? meaningOf(this, e) : unknown;
  }

  bind(name: string, value: Meaning): void {
    const own = this.scopes.at(-1)!;
    const outer = this.outer.get(own)?.has(name) ? this.scopes.slice(0, -1) : [];
    (outer.findLast(scope => scope.has(name)) ?? outer[0] ?? own).set(name, value);
  }

  /** Names that mean those of the module or of the function around (`global`, `nonlocal`). */
  declareOuter(names: readonly string[]): void {
    const own = this.scopes.at(-1)!;
    this.outer.set(own, new Set([...(this.outer.get(own) ?? []), ...names]));
  }

  rebind(name: string, value: Meaning): void {
    const scope = [...this.scopes].reverse().find(each => each.has(name)) ?? this.scopes.at(-1)!;
    scope.set(name, value);
  }

  /** A new value for what an expression names: a variable, an attribute, a column. */
  store(place: Expression | null, value: Meaning): void {
    if (place) store(this, place, value);
  }

  /** A table that was changed in place, under all its names: variables of the callers, items of lists, attributes. */
  replace(old: Meaning, value: Meaning): void {
    const swap = (of: Meaning): Meaning => {
      if (of === old) return value;
      if (of.kind !== 'tuple' || !of.items.some(item => swap(item) !== item)) return of;
      return { kind: 'tuple', items: of.items.map(swap) };
    };
    const seen = new Set<ReadonlyMap<string, Meaning>>();
    const through = (names: Map<string, Meaning>): void => {
      if (seen.has(names)) return;
      seen.add(names);
      for (const [name, each] of names) {
        const made = swap(each);
        if (made !== each) names.set(name, made);
        if (each.kind === 'instance') through(each.named);
      }
    };
    for (const scope of new Set([...this.frames.flat(), ...this.scopes])) through(scope);
  }

  lose(e: { readonly start: number; readonly end: number }, call: string): Meaning {
    return { kind: 'unknown', why: { start: e.start, end: e.end, call } };
  }

  callValue(callee: Meaning, site: CallSite): Meaning {
    return invoke(this, callee, site);
  }

  /** Calls a function with values alone: nothing of the script's is changed in place by the call itself. */
  apply(callee: Meaning, args: readonly Meaning[]): Meaning {
    return invoke(this, callee, { at: this, args, named: new Map(), first: null, place: null });
  }

  enter(
    definition: FunctionDefinition | Lambda,
    scopes: readonly Scope[],
    args: readonly Meaning[],
    named: ReadonlyMap<string, Meaning>,
  ): Meaning {
    return enter(this, definition, scopes, args, named);
  }

  /** A network of the script, or something not known, given data: its answer, if the data are. */
  asked(model: Meaning | null, { args }: Pick<CallSite, 'args'>): Meaning | null {
    const at = args.findIndex(arg => arg.kind === 'term' || arg.kind === 'output');
    // A loss of something that was not followed and of the label: the label is no input.
    if (args.slice(0, Math.max(0, at)).some(arg => arg.kind === 'unknown')) return null;
    const first = args[at];
    if (first?.kind === 'output') {
      const label = args.find(arg => arg.kind === 'term');
      return { ...first, label: first.label ?? (label?.kind === 'term' ? label.term : null) };
    }
    if (first?.kind !== 'term' || literalOf(first.term) !== undefined) return null;
    const loader = this.loaders.at(-1);
    this.followed.evaluated.push({ features: first.term, label: termOf(loader?.items[1]), model });
    return { kind: 'output', features: first.term, label: null, model };
  }

  /** Notes a training on data; where they are not known, the place where they were lost. */
  trained(features: Term | null, label: Term | null, model: Meaning | null, given?: Meaning): void {
    if (features) this.followed.training.push({ features, label, model });
    else if (given?.kind === 'unknown' && given.why) this.followed.lost.push(given.why);
  }

  draws(): (Term | null)[] {
    return Object.values(this.globals).map(generator => generator.last);
  }
}

/** A call or a name as words, never its arguments. */
export function wordsOf(e: Expression): string {
  switch (e.kind) {
    case 'name':
      return e.name;
    case 'attribute':
      return `${wordsOf(e.object)}.${e.name}`;
    case 'call':
      return wordsOf(e.callee);
    case 'index':
      return `${wordsOf(e.object)}[…]`;
    case 'binary':
      return `an expression with ${e.operator}`;
    default:
      return 'an expression';
  }
}
