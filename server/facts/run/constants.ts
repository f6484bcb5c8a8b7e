import type { ConstantValue, Resolved } from '../values';

/** A value that may be one of more than these is unknown: nobody reads a longer list, and a shorter one would be untrue. */
export const MOST_VALUES = 32;
const none: readonly never[] = [];

/** Applies an operation to every combination of operands; unknown in, or too many out, is unknown. */
export function combine(
  operands: readonly (readonly Resolved[])[],
  operation: (values: readonly ConstantValue[]) => ConstantValue | undefined,
): readonly Resolved[] {
  // Most operands are unknown.
  for (const choices of operands) if (choices.length === 0) return none;
  let rows: { values: ConstantValue[]; from: Resolved[] }[] = [{ values: [], from: [] }];
  for (const choices of operands) {
    if (rows.length * choices.length > MOST_VALUES) return none;
    rows = rows.flatMap(row =>
      choices.map(choice => ({ values: [...row.values, choice.value], from: [...row.from, choice] })),
    );
  }
  const out: Resolved[] = [];
  for (const { values, from } of rows) {
    const value = operation(values);
    if (value === undefined) return [];
    const origins = from.flatMap(one => one.origins);
    const named = origins.filter(origin => origin.kind !== 'literal' || origin.note !== '');
    out.push({
      value,
      origins: (named.length > 0 ? named : origins).slice(0, 4),
      overridable: from.some(one => one.overridable),
    });
  }
  return out;
}

export function arithmetic(operator: string, a: ConstantValue, b: ConstantValue): ConstantValue | undefined {
  if (typeof a === 'string' || typeof b === 'string') {
    if (operator === '+' && typeof a === 'string' && typeof b === 'string') return bounded(a + b);
    if (operator === '/' && typeof a === 'string' && typeof b === 'string') return bounded(joinPath(a, b));
    return undefined;
  }
  if (Array.isArray(a) && Array.isArray(b) && operator === '+')
    return a.length + b.length < 500 ? [...a, ...b] : undefined;
  const x = typeof a === 'boolean' ? Number(a) : a;
  const y = typeof b === 'boolean' ? Number(b) : b;
  if (typeof x !== 'number' || typeof y !== 'number') return undefined;
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return y === 0 ? undefined : x / y;
    case '//':
      return y === 0 ? undefined : Math.floor(x / y);
    case '%':
      return y === 0 ? undefined : x - y * Math.floor(x / y);
    case '**':
      return x ** y;
    default:
      return undefined;
  }
}

export function compare(operator: string, a: ConstantValue, b: ConstantValue): boolean | undefined {
  const plain = (value: ConstantValue) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
  switch (operator) {
    case '==':
    case '===':
    case 'is':
      return plain(a) === plain(b);
    case '!=':
    case '!==':
    case '<>':
    case 'is not':
      return plain(a) !== plain(b);
    case 'in':
    case 'not in': {
      const inside = Array.isArray(b)
        ? b.some(item => plain(item) === plain(a))
        : typeof b === 'string' && typeof a === 'string'
          ? b.includes(a)
          : undefined;
      return inside === undefined ? undefined : inside === (operator === 'in');
    }
    default:
  }
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return undefined;
  const [x, y] = [a, b] as [number, number];
  if (operator === '<') return x < y;
  if (operator === '<=') return x <= y;
  if (operator === '>') return x > y;
  return operator === '>=' ? x >= y : undefined;
}

export function truth(value: ConstantValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

export function joinPath(...parts: readonly string[]): string {
  let out = '';
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    out = out === '' || part.startsWith('/') ? part : `${out.replace(/\/+$/, '')}/${part}`;
  }
  return out;
}

function bounded(text: string): string | undefined {
  return text.length <= 4_096 ? text : undefined;
}
