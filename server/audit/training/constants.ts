import type { Length } from '../../../audit-core/shadows/embedded/schedules';
import type { CallExpression, Expression, FunctionDefinition, ModuleFacts } from '../../facts/syntax';
import { callsIn, nodesIn } from '../auditable/walk';

export type Constant = number | string | boolean | null | readonly Constant[];

/**
 * The constants of a script that decide how it trains: literals, names that are set once to one, defaults of command-line options
 * (`args.lr`), of function parameters and of class fields, entries of a literal mapping, arithmetic. undefined: not known.
 */
export class Constants {
  private readonly names = new Map<string, Expression | null>();
  private readonly options = new Map<string, Expression>();
  private readonly loaders = new Set<string>();
  private depth = 0;
  /** What `len(loader)` stands for while a length is measured; null: not known. */
  private batches: number | null = null;

  constructor(facts: ModuleFacts) {
    const calls = [...callsIn(facts.body)];
    for (const node of nodesIn(facts.body)) {
      if (node.kind === 'assign' && !node.operator) {
        for (const target of node.targets) if (target.kind === 'name') this.set(target.name, node.value);
        if (node.targets[0]?.kind === 'name' && isLoader(node.value)) this.loaders.add(node.targets[0].name);
        if (node.targets[0]?.kind === 'tuple' && node.value.kind === 'tuple')
          for (const [i, item] of node.targets[0].items.entries())
            if (item.kind === 'name' && node.value.items[i]) this.set(item.name, node.value.items[i]);
      } else if (node.kind === 'function') {
        this.parameters(node, calls);
      } else if (node.kind === 'class') {
        for (const field of node.body)
          if (field.kind === 'assign' && field.targets[0]?.kind === 'name')
            this.options.set(field.targets[0].name, field.value);
      } else if (node.kind === 'call' && node.callee.kind === 'attribute' && node.callee.name === 'add_argument')
        this.option(node);
    }
  }

  /** Parameters: what the calls of a function give, else its defaults. */
  private parameters({ name: called, parameters }: FunctionDefinition, calls: readonly CallExpression[]): void {
    const own = calls.filter(({ callee }) => callee.kind === 'name' && callee.name === called);
    for (const [place, { name, default: value }] of parameters.entries()) {
      const given = own.map(
        call => call.keywords.find(each => each.name === name)?.value ?? call.arguments[place] ?? value,
      );
      const others = given.filter(e => e !== undefined && !(e.kind === 'name' && e.name === name));
      for (const e of others) if (e) this.set(name, e);
      if (own.length === 0 && value && !this.names.has(name)) this.names.set(name, value);
      if (
        own.some(call =>
          call.arguments.some(e => e.kind === 'name' && this.loaders.has(e.name) && call.arguments[place] === e),
        )
      )
        this.loaders.add(name);
    }
  }

  /** A name that is set twice to different things is not known. */
  private set(name: string, value: Expression): void {
    const held = this.names.get(name);
    if (held && JSON.stringify(strip(held)) !== JSON.stringify(strip(value))) this.names.set(name, null);
    else if (held !== null) this.names.set(name, value);
  }

  private option(call: CallExpression): void {
    const flags = call.arguments.flatMap(each => (each.kind === 'string' ? [each.value] : []));
    const flag = flags.find(each => each.startsWith('--')) ?? flags[0];
    const value = call.keywords.find(({ name }) => name === 'default')?.value;
    if (flag && value) this.options.set(flag.replace(/^-+/, '').replaceAll('-', '_'), value);
  }

  valueOf(e: Expression | undefined): Constant | undefined {
    if (!e || this.depth > 16) return undefined;
    this.depth++;
    try {
      return this.evaluate(e);
    } finally {
      this.depth--;
    }
  }

  /** What a name was set to, where it was set once; else the expression itself. */
  expressionOf(e: Expression): Expression {
    let found = e;
    for (let depth = 0; found.kind === 'name' && depth < 16; depth++) {
      const held = this.names.get(found.name);
      if (!held) return found;
      found = held;
    }
    return found;
  }

  /** A number of steps that may be told in batches of an epoch (`len(loader) * EPOCHS`); undefined: not known. */
  lengthOf(e: Expression): Length | undefined {
    const [a, b, c] = [1000, 2000, 3000].map(batches => {
      this.batches = batches;
      const value = this.numberOf(e);
      this.batches = null;
      return value;
    });
    if (a === undefined || b === undefined || c === undefined) return undefined;
    const epochs = (c - a) / 2000;
    // Rounding inside (`int(0.1 * total)`) leaves less than a step; what is no line is not known.
    return Math.abs(b - a - 1000 * epochs) <= 2 ? { epochs, steps: a - 1000 * epochs } : undefined;
  }

  numberOf(e: Expression | undefined): number | undefined {
    const value = this.valueOf(e);
    return typeof value === 'number' ? value : undefined;
  }

  private evaluate(e: Expression): Constant | undefined {
    switch (e.kind) {
      case 'number':
      case 'string':
      case 'boolean':
        return e.value;
      case 'none':
        return null;
      case 'name': {
        const held = this.names.get(e.name);
        return held ? this.valueOf(held) : undefined;
      }
      case 'attribute': {
        // `args.lr`, `config.lr`: the default of the option or field of that name.
        const option = this.options.get(e.name);
        return option && this.valueOf(option);
      }
      case 'index': {
        const key = this.valueOf(e.index);
        const object = e.object.kind === 'name' ? this.names.get(e.object.name) : e.object;
        if (object?.kind !== 'mapping') return undefined;
        return this.valueOf(object.entries.find(entry => entry.key && this.valueOf(entry.key) === key)?.value);
      }
      case 'tuple':
      case 'list': {
        const items = e.items.map(item => this.valueOf(item));
        return items.every((item): item is Constant => item !== undefined) ? items : undefined;
      }
      case 'unary': {
        const value = this.numberOf(e.operand);
        return value === undefined || e.operator !== '-' ? undefined : -value;
      }
      case 'binary': {
        const [a, b] = [this.numberOf(e.left), this.numberOf(e.right)];
        return a === undefined || b === undefined ? undefined : arithmetic(e.operator, a, b);
      }
      case 'call':
        return this.called(e);
      default:
        return undefined;
    }
  }

  /** `len(loader)` while lengths are measured, roundings, and the smallest and largest of numbers. */
  private called({ callee, arguments: given }: CallExpression): number | undefined {
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    if (name === 'len')
      return given[0]?.kind === 'name' && this.loaders.has(given[0].name) ? (this.batches ?? undefined) : undefined;
    const numbers = given.map(each => this.numberOf(each));
    if (numbers.length === 0 || !numbers.every((each): each is number => each !== undefined)) return undefined;
    switch (name) {
      case 'int':
        return Math.trunc(numbers[0]!);
      case 'float':
        return numbers[0];
      case 'round':
        return numbers.length === 1 ? Math.round(numbers[0]!) : undefined;
      case 'ceil':
        return Math.ceil(numbers[0]!);
      case 'floor':
        return Math.floor(numbers[0]!);
      case 'max':
        return Math.max(...numbers);
      case 'min':
        return Math.min(...numbers);
      default:
        return undefined;
    }
  }
}

const isLoader = (e: Expression): boolean =>
  e.kind === 'call' &&
  (e.callee.kind === 'name' || e.callee.kind === 'attribute') &&
  e.callee.name.endsWith('DataLoader');

function arithmetic(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '**':
      return a ** b;
    default:
      return undefined;
  }
}

/** An expression without its places. */
function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === 'start' || key === 'end' ? [] : [[key, strip(inner)]])),
  );
}
