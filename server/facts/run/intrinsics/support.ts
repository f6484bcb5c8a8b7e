import type { Span } from '../../syntax';
import type { ConstantValue, Origin, Resolved } from '../../values';
import type { Arguments } from '../arguments';
import { combine } from '../constants';
import type { Evaluator } from '../evaluator';
import type { Given } from '../machine';
import { copyOf, UNKNOWN, Value } from '../value';

/** Calls whose meaning is about names and constants, not about data: what no table of flows can say. null: use the model. */
export type Intrinsic = (run: Evaluator, receiver: Given | null, args: Arguments, span: Span) => Value | null;

export const first = (args: Arguments): Value => args.positional[0]?.value ?? UNKNOWN;

export const argument = (args: Arguments, name: string, at: number): Value | null =>
  args.keywords.get(name)?.value ?? args.positional[at]?.value ?? null;

export const text = (value: Value | null): string | null => {
  const [only] = value?.constants ?? [];
  return value?.constants.length === 1 && typeof only?.value === 'string' ? only.value : null;
};

export function put(value: Value, name: string, field: Value): Value {
  value.fields ??= new Map();
  value.fields.set(name, field);
  return value;
}

/** A copy with one more field. */
export function withField(value: Value, name: string, field: Value): Value {
  const out = copyOf(value);
  out.fields = new Map(value.fields ?? []).set(name, field);
  return out;
}

export const computed =
  (operation: (...values: ConstantValue[]) => ConstantValue | undefined): Intrinsic =>
  (run, _, args) => {
    const values = args.positional.map(given => given.value);
    const constants = combine(
      values.map(value => value.constants),
      parts => operation(...parts),
    );
    if (constants.length === 0) return null;
    const out = run.flow(values, 'derived');
    out.constants = constants;
    return out;
  };

/** Keeps what is walked: `tqdm(loader)`, `list(x)`, `iter(x)`. */
export const passing: Intrinsic = (_, __, args) => (args.positional.length > 0 ? first(args) : null);

/** The class of what a generator of noise drew, and of sums with it. */
export const NOISE = '#noise';

/** Where the count of a range is written. */
export const spans = new WeakMap<Value, Span>();

export function tupleOf(items: Value[]): Value {
  const tuple = new Value();
  tuple.items = items;
  return tuple;
}

export function named(origins: readonly Origin[]): Origin[] {
  return origins.filter(origin => origin.note !== '').slice(0, 2);
}

/** A library's own default. */
export function libraryDefault(held: ConstantValue, api: string): Value {
  const value = new Value();
  const note = `${api.split('.').at(-1)} default`;
  value.constants = [{ value: held, origins: [{ kind: 'library-default', note }], overridable: false }];
  return value;
}

/** Makes defaults overridable and says which option they belong to. */
export function asDefault(run: Evaluator, value: Value, note: string, span: Span): Value {
  const out = copyOf(value);
  out.constants = value.constants.map(
    (one): Resolved => ({
      value: one.value,
      origins: [run.origin('argument-default', note, span), ...named(one.origins)],
      overridable: true,
    }),
  );
  return out;
}
