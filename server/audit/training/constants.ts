import type { CallExpression, Expression, ModuleFacts } from '../../facts/syntax';
import { nodesIn } from '../auditable/walk';

export type Constant = number | string | boolean | null | readonly Constant[];

/**
 * The constants of a script that decide how it trains: literals, names that are set once to one, defaults of command-line options
 * (`args.lr`), of function parameters and of class fields, entries of a literal mapping, arithmetic. undefined: not known.
 */
export class Constants {
  private readonly names = new Map<string, Expression | null>();
  private readonly options = new Map<string, Expression>();
  private depth = 0;

  constructor(facts: ModuleFacts) {
    for (const node of nodesIn(facts.body)) {
      if (node.kind === 'assign' && !node.operator) {
        for (const target of node.targets) if (target.kind === 'name') this.set(target.name, node.value);
        if (node.targets[0]?.kind === 'tuple' && node.value.kind === 'tuple')
          for (const [i, item] of node.targets[0].items.entries())
            if (item.kind === 'name' && node.value.items[i]) this.set(item.name, node.value.items[i]);
      } else if (node.kind === 'function') {
        for (const { name, default: value } of node.parameters)
          if (value && !this.names.has(name)) this.names.set(name, value);
      } else if (node.kind === 'class') {
        for (const field of node.body)
          if (field.kind === 'assign' && field.targets[0]?.kind === 'name')
            this.options.set(field.targets[0].name, field.value);
      } else if (node.kind === 'call' && node.callee.kind === 'attribute' && node.callee.name === 'add_argument')
        this.option(node);
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
      default:
        return undefined;
    }
  }
}

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
