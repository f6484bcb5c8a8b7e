import type { Origin, Resolved } from '../../values';
import { combine } from '../constants';
import { constant, copyOf, instance, join, UNKNOWN, Value } from '../value';
import { first, type Intrinsic, passing, put, spans, text, tupleOf } from './support';

const range: Intrinsic = (run, _, args) => {
  const [a, b, c] = args.positional.map(given => given.value.constants);
  const out = instance('builtins.range');
  const count = new Value();
  if (a && !b) count.constants = a;
  else if (a && b)
    count.constants = combine(c ? [a, b, c] : [a, b], ([from, to, step = 1]) =>
      typeof from === 'number' && typeof to === 'number' && typeof step === 'number' && step !== 0
        ? Math.max(0, Math.ceil((to - from) / step))
        : undefined,
    );
  put(out, '#count', count);
  if (args.positional.length > 0) out.trace = [];
  put(out, '#item', new Value());
  out.items = steps(a, b, c, run.origin('computed', 'range', args.span));
  const spanned = args.positional.length === 1 ? args.positional[0]!.span : args.positional[1]?.span;
  if (spanned) spans.set(count, spanned);
  return out;
};

/** The numbers of a short range that is known. */
function steps(
  a: readonly Resolved[] | undefined,
  b: readonly Resolved[] | undefined,
  c: readonly Resolved[] | undefined,
  origin: Origin,
): Value[] | null {
  const [from, to, step] = [b ? a : undefined, b ?? a, c].map(part =>
    part?.length === 1 && typeof part[0]!.value === 'number' ? part[0]!.value : null,
  );
  if (to === null || to === undefined || (b && from === null) || (c && !step)) return null;
  const values: Value[] = [];
  const by = step ?? 1;
  for (let at = from ?? 0; by > 0 ? at < to : at > to; at += by) {
    if (values.length >= 32) return null;
    values.push(constant(at, origin));
  }
  return values;
}

/** `itertools.product(a, b)`: tuples of what each gives. */
const product: Intrinsic = (run, _, args) => {
  const sides = args.positional.map(given => given.value);
  if (sides.length === 0 || args.keywords.size > 0) return null;
  return put(run.flow(sides, 'same'), '#item', tupleOf(sides.map(side => run.iterate(side))));
};

/** `ParameterGrid({'a': [..]})`: mappings of one of each. */
const parameterGrid: Intrinsic = (run, _, args) => {
  const grid = first(args);
  if (!grid.fields) return null;
  const item = run.flow([grid], 'same');
  item.types = ['builtins.dict'];
  item.fields = new Map([...grid.fields].map(([name, choices]) => [name, run.iterate(choices)]));
  return put(run.flow([grid], 'same'), '#item', item);
};

const enumerate: Intrinsic = (run, _, args) => {
  const walked = first(args);
  const out = copyOf(walked === UNKNOWN ? new Value() : walked);
  const pair = new Value();
  pair.items = [new Value(), run.iterate(walked)];
  out.items = walked.items ? walked.items.map(item => tupleOf([new Value(), item])) : null;
  out.fields = new Map(walked.fields ?? []);
  out.element = pair;
  return put(out, '#item', pair);
};

const zip: Intrinsic = (run, _, args) => {
  const parts = args.positional.map(given => run.iterate(given.value));
  const out = run.flow(
    args.positional.map(given => given.value),
    'same',
  );
  for (const { value } of args.positional) if (out.objects.length === 0) out.objects = value.objects;
  return put(out, '#item', tupleOf(parts));
};

const length: Intrinsic = (run, _, args) => {
  const value = first(args);
  const out = new Value();
  if (value.items)
    out.constants = [
      { value: value.items.length, origins: [run.origin('computed', 'length', args.span)], overridable: false },
    ];
  else out.constants = run.lengthOf(value, args.span);
  return out;
};

const mappingOf: Intrinsic = (run, _, args) => {
  if (args.positional.length > 1) return null;
  const base = args.positional[0]?.value;
  if (base && !base.fields) return null;
  const out = run.flow([...(base ? [base] : []), ...[...args.keywords.values()].map(given => given.value)], 'same');
  out.types = ['builtins.dict'];
  out.fields = new Map([...(base?.fields ?? [])].filter(([name]) => name !== '#item'));
  // Of pairs (`dict(zip(names, scores))`) the second of each is held.
  out.element = base?.fields?.get('#item')?.items?.[1] ?? base?.element ?? null;
  for (const [name, given] of args.keywords) out.fields.set(name, given.value);
  return out;
};

/** `mapping.get(key, default)`. */
const getItem: Intrinsic = (run, receiver, args, span) => {
  const key = text(args.positional[0]?.value ?? null);
  const marked = receiver && run.keyed(receiver.value, args.positional[0]?.value.constants[0]?.value, span);
  if (marked) return marked;
  const fields = receiver?.value.fields;
  if (
    key === null ||
    !fields ||
    !receiver?.value.types.some(type => type === 'builtins.dict' || type === 'argparse.Namespace')
  ) {
    const held = receiver?.value.constants[0]?.value;
    if (key === null || !fields || typeof held !== 'object') return null;
  }
  return fields.get(key) ?? args.positional[1]?.value ?? UNKNOWN;
};

const update: Intrinsic = (_, receiver, args) => {
  const into = receiver?.value;
  if (!into?.fields || !into.types.includes('builtins.dict')) return null;
  for (const [name, value] of first(args).fields ?? []) if (!name.startsWith('#')) into.fields.set(name, value);
  for (const [name, given] of args.keywords) into.fields.set(name, given.value);
  return UNKNOWN;
};

const named = (value: Value): [string, Value][] => [...(value.fields ?? [])].filter(([name]) => !name.startsWith('#'));

/** What a mapping holds under keys that are not all known: any one of its values. */
function anyOf({ element }: Value, inner: readonly [string, Value][]): Value | null {
  return element && inner.slice(0, 64).reduce((a, [, field]) => join(a, field), element);
}

const fieldValues: Intrinsic = (run, receiver) => {
  const value = receiver?.value;
  if (!value?.types.includes('builtins.dict') || !(value.fields || value.element)) return null;
  const inner = named(value);
  const out = run.flow([value, ...inner.map(([, field]) => field)], 'same');
  out.element = anyOf(value, inner);
  out.items = !out.element && inner.length <= 64 ? inner.map(([, field]) => field) : null;
  return out;
};

const fieldItems: Intrinsic = (run, receiver) => {
  const value = receiver?.value;
  if (!value?.types.includes('builtins.dict') || !(value.fields || value.element)) return null;
  const pairs = named(value).slice(0, 64);
  const out = run.flow([value, ...pairs.map(([, field]) => field)], 'same');
  const any = anyOf(value, pairs);
  if (any) return put(out, '#item', tupleOf([new Value(), any]));
  out.items = pairs.map(([name, field]) => tupleOf([constant(name, { kind: 'literal', note: name }), field]));
  return out;
};

const firstElement: Intrinsic = (run, _, args) => run.iterate(first(args));

const partial: Intrinsic = (_, __, args) => {
  const callee = first(args);
  if (!callee.ref) return null;
  const out = copyOf(callee);
  out.fields = new Map(callee.fields ?? []);
  const named = new Value();
  named.fields = new Map([...args.keywords].map(([name, given]) => [name, given.value]));
  const held = args.positional.slice(1).map(given => given.value);
  return put(put(out, '#keywords', named), '#positional', tupleOf(held));
};

/** What is walked, counted, looked up and put together. */
export const containers: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.range', range],
  ['builtins.xrange', range],
  ['tqdm.trange', range],
  ['builtins.enumerate', enumerate],
  ['builtins.zip', zip],
  ['itertools.product', product],
  ['sklearn.model_selection.ParameterGrid', parameterGrid],
  ['builtins.len', length],
  ['builtins.dict', mappingOf],
  ['builtins.list', passing],
  ['builtins.tuple', passing],
  ['builtins.iter', passing],
  ['builtins.reversed', passing],
  ['builtins.next', firstElement],
  ['tqdm.tqdm', passing],
  ['tqdm.auto.tqdm', passing],
  ['tqdm.notebook.tqdm', passing],
  ['tqdm', passing],
  ['rich.progress.track', passing],
  ['functools.partial', partial],
  ['*.get', getItem],
  ['*.update', update],
  ['*.values', fieldValues],
  ['*.items', fieldItems],
];
