import { constant } from '../value';
import { argument, computed, type Intrinsic } from './support';

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

/** So many numbers of a sequence are kept: of a longer one, evenly spread with both ends. */
const MOST = 64;

const number = (args: Parameters<Intrinsic>[2], name: string, at: number): number | null => {
  const held = argument(args, name, at)?.constants;
  const value = held?.length === 1 ? held[0]!.value : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

/** `numpy.linspace` and its kin: what a sweep walks. */
const spaced =
  (between: (from: number, to: number, part: number, base: number) => number): Intrinsic =>
  (run, _, args, span) => {
    const [from, to] = [number(args, 'start', 0), number(args, 'stop', 1)];
    const count = args.keywords.has('num') || args.positional.length > 2 ? number(args, 'num', 2) : 50;
    if (from === null || to === null || count === null || count < 1) return null;
    const kept = Math.min(Math.trunc(count), MOST);
    const base = number(args, 'base', 4) ?? 10;
    const values = Array.from({ length: kept }, (_, i) => between(from, to, kept === 1 ? 0 : i / (kept - 1), base));
    return constant(values, run.origin('computed', '', span));
  };

const stepped: Intrinsic = (run, _, args, span) => {
  const given = args.positional.length;
  const from = given > 1 ? number(args, 'start', 0) : 0;
  const to = number(args, 'stop', given > 1 ? 1 : 0);
  const step = args.keywords.has('step') || given > 2 ? number(args, 'step', 2) : 1;
  if (from === null || to === null || step === null || step === 0) return null;
  const count = Math.ceil((to - from) / step - 1e-9);
  if (count < 1 || count > MOST) return null;
  return constant(
    Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12))),
    run.origin('computed', '', span),
  );
};

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
  ['numpy.linspace', spaced((from, to, part) => from + (to - from) * part)],
  ['numpy.logspace', spaced((from, to, part, base) => base ** (from + (to - from) * part))],
  ['numpy.geomspace', spaced((from, to, part) => from * (to / from) ** part)],
  ['numpy.arange', stepped],
  ['builtins.bool', computed(value => Boolean(value))],
];
