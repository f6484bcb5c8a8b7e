import { computed, type Intrinsic } from './support';

const numeric = (convert: (value: number) => number) =>
  computed(value => {
    const number = typeof value === 'string' || typeof value === 'boolean' ? Number(value) : value;
    return typeof number === 'number' && !Number.isNaN(number) ? convert(number) : undefined;
  });

const extreme = (pick: (...values: number[]) => number) =>
  computed((...values) => {
    const flat = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
    return flat.length > 0 && flat.every(value => typeof value === 'number') ? pick(...(flat as number[])) : undefined;
  });

/** Functions of numbers, computed where the numbers are known. */
export const arithmetic: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.int', numeric(Math.trunc)],
  ['builtins.float', numeric(value => value)],
  ['builtins.abs', numeric(Math.abs)],
  ['math.ceil', numeric(Math.ceil)],
  ['math.floor', numeric(Math.floor)],
  ['math.sqrt', numeric(Math.sqrt)],
  ['math.log', numeric(Math.log)],
  ['numpy.sqrt', numeric(Math.sqrt)],
  ['math.exp', numeric(Math.exp)],
  ['builtins.min', extreme(Math.min)],
  ['builtins.max', extreme(Math.max)],
  ['builtins.str', computed(value => (typeof value === 'object' ? undefined : String(value)))],
  ['builtins.bool', computed(value => Boolean(value))],
];
