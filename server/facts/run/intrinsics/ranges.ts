import type { ConstantValue } from '../../values';
import { combine, MOST_VALUES } from '../constants';
import { constant, type Value } from '../value';
import { argument, type Intrinsic } from './support';

/** Values of a sweep as numpy lays them out; none where there would be too many to be listed. */
type Layout = (numbers: readonly number[]) => readonly number[] | undefined;

/** A sequence of numbers that is not written out. Longer ones and unknown ends are left to the library's model. */
const sequence =
  (names: readonly string[], defaults: readonly (number | null)[], lay: Layout): Intrinsic =>
  (run, _, args, span) => {
    const parts: Value[] = [];
    for (const [i, name] of names.entries()) {
      const given = argument(args, name, i);
      const held = defaults[i];
      if (given) parts.push(given);
      else if (held == null) return null;
      else parts.push(constant(held, run.origin('computed', '', span)));
    }
    const constants = combine(
      parts.map(part => part.constants),
      values => {
        if (!values.every((value): value is number => typeof value === 'number')) return undefined;
        const laid = lay(values);
        return laid && laid.length <= MOST_VALUES ? ([...laid] satisfies ConstantValue) : undefined;
      },
    );
    if (constants.length === 0) return null;
    const out = run.flow([], 'same');
    out.types = ['numpy.ndarray'];
    out.constants = constants;
    return out;
  };

/** Of a longer sequence so many are kept, evenly spread with both ends: a sweep is told by its smallest and largest. */
const even = (start: number, stop: number, count: number): readonly number[] | undefined => {
  if (!Number.isInteger(count) || count < 1) return undefined;
  const kept = Math.min(count, MOST_VALUES);
  return Array.from({ length: kept }, (_, i) => (kept === 1 ? start : start + ((stop - start) * i) / (kept - 1)));
};

/** Fifteen digits: steps of 0.1 read as people write them. */
const clean = (value: number): number => Number(value.toPrecision(15));

const steps: Layout = ([start = 0, stop = 0, step = 1]) => {
  const count = Math.ceil((stop - start) / step);
  if (!(step !== 0 && count >= 1 && count <= MOST_VALUES)) return undefined;
  return Array.from({ length: count }, (_, i) => clean(start + i * step));
};

const stepped = sequence(['start', 'stop', 'step'], [null, null, 1], steps);
const counted = sequence(['stop'], [null], ([stop = 0]) => steps([0, stop, 1]));

/** `np.linspace(0.5, 2, 4)`, `np.logspace(-2, 1, 4)`, `np.geomspace`, `np.arange`: the values that a search tries. */
export const ranges: readonly (readonly [string, Intrinsic])[] = [
  [
    'numpy.linspace',
    sequence(['start', 'stop', 'num'], [null, null, 50], ([a = 0, b = 0, n = 0]) => even(a, b, n)?.map(clean)),
  ],
  [
    'numpy.logspace',
    sequence(['start', 'stop', 'num', '', 'base'], [null, null, 50, 0, 10], ([a = 0, b = 0, n = 0, , base = 10]) =>
      even(a, b, n)?.map(power => clean(base ** power)),
    ),
  ],
  [
    'numpy.geomspace',
    sequence(['start', 'stop', 'num'], [null, null, 50], ([a = 0, b = 0, n = 0]) =>
      a > 0 && b > 0 ? even(Math.log(a), Math.log(b), n)?.map(power => clean(Math.exp(power))) : undefined,
    ),
  ],
  [
    'numpy.arange',
    (run, receiver, args, span) =>
      (args.positional.length === 1 && args.keywords.size === 0 ? counted : stepped)(run, receiver, args, span),
  ],
];
