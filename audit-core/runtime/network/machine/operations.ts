import { type AtenValue, apply, type Tensor } from '../../aten/operator';
import { operators } from '../../aten/operators';
import { itemsOf } from '../layers/containers';
import { is, isList, listOf, tensorValue, truth, unknown, type Value } from '../values';
import type { Machine } from './machine';
import { current, shareViews } from './memory';

/** The tensor behind a value; null for what is none. */
export function tensorOf(m: Machine, value: Value | undefined): Tensor | null {
  if (is(value, 'tensor')) return current(m, value);
  if (!is(value, 'parameter')) return null;
  return value.value ?? m.fail(`The weight "${value.name}" has no values`);
}

/** What an operator takes; sizes, dtypes and devices that it does not know are left out. */
export function toAten(m: Machine, value: Value | undefined): AtenValue | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (is(value, 'unknown')) return m.fail(value.why ?? 'A value that the network needs is not known');
  const tensor = tensorOf(m, value);
  if (tensor) return tensor;
  if (isList(value)) return value.items.map(item => toAten(m, item) ?? null);
  return undefined;
}

export function fromAten(value: AtenValue): Value {
  if (Array.isArray(value)) return listOf((value as readonly AtenValue[]).map(fromAten), 'tuple');
  if (typeof value === 'object' && value !== null) return tensorValue(value as Tensor);
  return value as number | boolean | string | null;
}

/** Operators that draw. */
const draws = /^(?:randn?|randint|randperm|normal|bernoulli|multinomial)(?:_like)?$/;

const pairs = new Set(['max', 'min', 'topk', 'sort']);

/** Runs an ATen operator with arguments by position and name. */
export function aten(m: Machine, name: string, positional: readonly Value[], named: ReadonlyMap<string, Value>): Value {
  const operator = operators[name] ?? m.fail(`The operation ${name.slice(0, 60)} is not run here`);
  if (draws.test(name) && m.phase === 'forward' && !m.training)
    m.fail('The network draws random numbers in evaluation too, so that no score of a row is one number');
  const given = new Map<string, AtenValue | undefined>();
  for (const [index, parameter] of operator.parameters.entries()) {
    if (parameter === operator.variadic) {
      const rest = positional.slice(index);
      const [first] = rest;
      const list = rest.length === 1 && isList(first) ? first.items : rest;
      if (rest.length > 0)
        given.set(parameter, list.length === 1 && list[0] === null ? null : list.map(item => toAten(m, item) ?? null));
      break;
    }
    if (index < positional.length) given.set(parameter, toAten(m, positional[index]));
  }
  for (const [key, value] of named) if (key !== 'dtype' && key !== 'device') given.set(key, toAten(m, value));
  const tf = m.tensors;
  const out = apply(operator, { tf, get: key => given.get(key), seed: m.seed });
  const value = fromAten(out);
  shareViews(name, positional[0] ?? named.get('input') ?? named.get('self'), value);
  const typed = castOf(named.get('dtype'));
  if (typed && is(value, 'tensor')) return tensorValue(value.value.cast(typed));
  return pairs.has(name) && is(value, 'tuple') ? { ...value, names: ['values', 'indices'] } : value;
}

/** TensorFlow.js' type for a dtype of torch; TorchScript writes its number (c10/core/ScalarType.h). */
export function castOf(value: Value | undefined): 'float32' | 'int32' | 'bool' | null {
  if (typeof value === 'number')
    return value >= 5 && value <= 7 ? 'float32' : value === 11 ? 'bool' : value < 5 ? 'int32' : null;
  if (!is(value, 'symbol')) return null;
  const name = value.path.split('.').at(-1) ?? '';
  if (/^(?:float\w*|double|half|bfloat16|FloatTensor)$/.test(name)) return 'float32';
  if (/^(?:u?int\w*|long|short|LongTensor)$/.test(name)) return 'int32';
  return /^(?:bool\w*|BoolTensor)$/.test(name) ? 'bool' : null;
}

const isTensor = (value: Value): boolean => is(value, 'tensor') || is(value, 'parameter');
const tensorOperators: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '//': 'floor_divide',
  '%': 'remainder',
  '**': 'pow',
  '@': 'matmul',
  '&': 'logical_and',
  '|': 'logical_or',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

export function binary(m: Machine, operator: string, left: Value, right: Value): Value {
  if (is(left, 'unknown') || is(right, 'unknown')) return is(left, 'unknown') ? left : right;
  if (isTensor(left) || isTensor(right)) {
    const name = tensorOperators[operator] ?? m.fail(`The operator ${operator} of tensors is not run here`);
    return aten(m, name, [left, right], new Map());
  }
  if (isList(left)) {
    if (operator === '+' && isList(right)) return listOf([...left.items, ...right.items], left.kind);
    if (operator === '*' && typeof right === 'number') return repeated(left.items, right, left.kind);
    return unknown;
  }
  if (isList(right) && operator === '*' && typeof left === 'number') return repeated(right.items, left, right.kind);
  if (typeof left === 'string') {
    if (operator === '+' && typeof right === 'string') return left + right;
    if (operator === '*' && typeof right === 'number') return left.repeat(Math.min(1000, right));
    if (operator === '%') return formatted(left, isList(right) ? right.items : [right]);
    return unknown;
  }
  if (is(left, 'dict') && is(right, 'dict') && operator === '|')
    return { kind: 'dict', entries: new Map([...left.entries, ...right.entries]) };
  const a = typeof left === 'boolean' ? Number(left) : left;
  const b = typeof right === 'boolean' ? Number(right) : right;
  if (typeof a !== 'number' || typeof b !== 'number') return pathOf(operator, left, right);
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
    case '%':
      return a - b * Math.floor(a / b);
    case '**':
      return a ** b;
    case '&':
      return typeof left === 'boolean' && typeof right === 'boolean' ? left && right : a & b;
    case '|':
      return typeof left === 'boolean' && typeof right === 'boolean' ? left || right : a | b;
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    default:
      return unknown;
  }
}

/** `'layer%d' % index`. */
function formatted(template: string, values: readonly Value[]): Value {
  let at = 0;
  if (!values.every(value => typeof value === 'number' || typeof value === 'string')) return unknown;
  return template.replace(/%[\d.]*[sdif]/g, () => String(values[at++]));
}

/** `folder / "model.pt"` of pathlib keeps the name. */
function pathOf(operator: string, left: Value, right: Value): Value {
  return operator === '/' && typeof right === 'string' && typeof left === 'object' ? right : unknown;
}

function repeated(items: readonly Value[], times: number, kind: 'list' | 'tuple' | 'set'): Value {
  if (!(times >= 0 && times * items.length < 1e5)) return unknown;
  return listOf(Array.from({ length: times }, () => items).flat(), kind);
}

export function negate(m: Machine, operator: string, value: Value): Value {
  if (operator === 'not') {
    const known = truth(value);
    return known === null ? unknown : !known;
  }
  if (isTensor(value)) return aten(m, operator === '~' ? 'logical_not' : 'neg', [value], new Map());
  if (typeof value === 'boolean') return operator === '~' ? unknown : Number(value) * (operator === '-' ? -1 : 1);
  if (typeof value !== 'number') return unknown;
  return operator === '-' ? -value : operator === '~' ? ~value : value;
}

/** Equality of plain values; null where it cannot be told. */
export function equal(left: Value, right: Value): boolean | null {
  if (is(left, 'unknown') || is(right, 'unknown')) return null;
  if (isList(left) && isList(right)) {
    if (left.items.length !== right.items.length) return false;
    const each = left.items.map((item, index) => equal(item, right.items[index] ?? null));
    return each.includes(false) ? false : each.includes(null) ? null : true;
  }
  if (is(left, 'symbol') && is(right, 'symbol')) return left.path === right.path;
  if (is(left, 'symbol') || is(right, 'symbol')) return null;
  return left === right;
}

export function compare(m: Machine, operator: string, left: Value, right: Value): Value {
  if (operator === 'is' || operator === 'is not') {
    const same =
      left === null || right === null
        ? is(left, 'unknown') || is(right, 'unknown')
          ? null
          : left === right
        : equal(left, right);
    return same === null ? unknown : same === (operator === 'is');
  }
  if (operator === 'in' || operator === 'not in') {
    const found = contains(m, right, left);
    return found === null ? unknown : found === (operator === 'in');
  }
  if (isTensor(left) || isTensor(right)) return binary(m, operator, left, right);
  if (operator === '==' || operator === '!=') {
    const same = equal(left, right);
    return same === null ? unknown : same === (operator === '==');
  }
  if (
    (typeof left !== 'number' || typeof right !== 'number') &&
    (typeof left !== 'string' || typeof right !== 'string')
  )
    return unknown;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return unknown;
  }
}

export function contains(m: Machine, container: Value, item: Value): boolean | null {
  if (typeof container === 'string') return typeof item === 'string' ? container.includes(item) : null;
  if (is(container, 'dict')) {
    const key = keyOf(item);
    return key === null ? null : container.entries.has(key);
  }
  const items = iterate(m, container);
  if (!items) return null;
  const each = items.map(other => equal(other, item));
  return each.includes(true) ? true : each.includes(null) ? null : false;
}

/** The items that a loop sees; null where they are not known. */
export function iterate(m: Machine, value: Value): Value[] | null {
  if (isList(value)) return [...value.items];
  if (typeof value === 'string') return [...value];
  if (is(value, 'dict')) return [...value.entries.keys()];
  if (is(value, 'module')) return itemsOf(value);
  const tensor = is(value, 'tensor') ? value.value : null;
  return tensor && tensor.rank > 0 ? m.tensors.unstack(tensor).map(tensorValue) : null;
}

/** A dictionary's key; null for what is none of ours. */
export function keyOf(value: Value): string | number | null {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return null;
}
