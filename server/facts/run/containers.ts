import type { ConstantValue } from '../values';
import { copyOf, UNKNOWN, Value } from './value';

export const MAX_ITEMS = 256;

export function bound(receiver: Value, name: string): Value {
  const value = new Value();
  if (receiver !== UNKNOWN) value.ref = { kind: 'bound', receiver, name };
  return value;
}

/** The items of a constant list. */
export function listItems(value: Value): Value[] | null {
  if (value.constants.length !== 1) return null;
  const held = value.constants[0]!;
  if (!Array.isArray(held.value) || held.value.length > MAX_ITEMS) return null;
  return held.value.map((item: ConstantValue) => {
    const one = new Value();
    one.constants = [{ ...held, value: item }];
    return one;
  });
}

export function isPlainContainer(value: Value): boolean {
  return value.types.some(type => type === 'builtins.list' || type === 'builtins.dict' || type === 'builtins.tuple');
}

export function withOverride(value: Value, overridable: boolean): Value {
  if (value.constants.length === 0) return value;
  const out = copyOf(value);
  out.constants = value.constants.map(one => ({ ...one, overridable: one.overridable || overridable }));
  return out;
}

export function show(value: ConstantValue): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Remembers the known words of a path that is not known as a whole. */
export function hintPath(value: Value, words: readonly string[]): void {
  if (words.length === 0) return;
  const hint = new Value();
  hint.types = words.filter(word => /[a-z]{3}/i.test(word)).slice(0, 6);
  value.fields = new Map([['#path', hint]]);
}

export function wordsOf(...values: readonly Value[]): string[] {
  return values.flatMap(value => [
    ...value.constants.flatMap(one => (typeof one.value === 'string' ? [one.value] : [])),
    ...(value.fields?.get('#path')?.types ?? []),
  ]);
}
