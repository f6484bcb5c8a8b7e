import { combine, joinPath } from './constants';
import type { Evaluator } from './evaluator';
import type { Arguments } from './library-calls';
import type { Given } from './machine';
import type { Span } from './syntax';
import { constant, copyOf, instance, symbol, UNKNOWN, Value } from './value';
import type { ConstantValue, Origin, Resolved } from './values';

/** Calls whose meaning is about names and constants, not about data: what no table of flows can say. null: use the model. */
type Intrinsic = (run: Evaluator, receiver: Given | null, args: Arguments, span: Span) => Value | null;

const first = (args: Arguments): Value => args.positional[0]?.value ?? UNKNOWN;
const argument = (args: Arguments, name: string, at: number): Value | null =>
  args.keywords.get(name)?.value ?? args.positional[at]?.value ?? null;
const text = (value: Value | null): string | null => {
  const [only] = value?.constants ?? [];
  return value?.constants.length === 1 && typeof only?.value === 'string' ? only.value : null;
};

function put(value: Value, name: string, field: Value): Value {
  value.fields ??= new Map();
  value.fields.set(name, field);
  return value;
}

const computed =
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
const passing: Intrinsic = (_, __, args) => (args.positional.length > 0 ? first(args) : null);

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
  const spanned = args.positional.length === 1 ? args.positional[0]!.span : args.positional[1]?.span;
  if (spanned) spans.set(count, spanned);
  void run;
  return out;
};

/** Where the count of a range is written. */
export const spans = new WeakMap<Value, Span>();

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

function tupleOf(items: Value[]): Value {
  const tuple = new Value();
  tuple.items = items;
  return tuple;
}

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
  return out;
};

const attributeOf: Intrinsic = (run, _, args, span) => {
  const name = text(args.positional[1]?.value ?? null);
  const object = first(args);
  if (name === null) return null;
  const found = run.attribute(object, name, span);
  const fallback = args.positional[2]?.value;
  return found === UNKNOWN && fallback ? fallback : found;
};

const setAttribute: Intrinsic = (_, __, args) => {
  const name = text(args.positional[1]?.value ?? null);
  const object = first(args);
  if (name === null || object === UNKNOWN) return null;
  put(object, name, args.positional[2]?.value ?? UNKNOWN);
  return UNKNOWN;
};

const mappingOf: Intrinsic = (run, _, args) => {
  if (args.positional.length > 1) return null;
  const base = args.positional[0]?.value;
  if (base && !base.fields) return null;
  const out = run.flow(
    [...args.keywords.values()].map(given => given.value),
    'same',
  );
  out.types = ['builtins.dict'];
  out.fields = new Map(base?.fields ?? []);
  for (const [name, given] of args.keywords) out.fields.set(name, given.value);
  return out;
};

const environment: Intrinsic = (run, _, args) => {
  const name = text(args.positional[0]?.value ?? null);
  const fallback = argument(args, 'default', 1);
  const out = new Value();
  if (fallback) {
    const origin = run.origin('environment-default', `default of the environment's ${name ?? 'variable'}`, args.span);
    out.constants = fallback.constants.map(one => ({
      value: one.value,
      origins: [origin, ...named(one.origins)],
      overridable: true,
    }));
  }
  return out;
};

function named(origins: readonly Origin[]): Origin[] {
  return origins.filter(origin => origin.note !== '').slice(0, 2);
}

/** Makes defaults overridable and says which option they belong to. */
function asDefault(run: Evaluator, value: Value, note: string, span: Span): Value {
  const out = new Value();
  out.constants = value.constants.map(
    (one): Resolved => ({
      value: one.value,
      origins: [run.origin('argument-default', note, span), ...named(one.origins)],
      overridable: true,
    }),
  );
  return out;
}

const addArgument: Intrinsic = (run, receiver, args, span) => {
  const names = args.positional.map(given => text(given.value)).filter(name => name !== null);
  if (!receiver || receiver.value === UNKNOWN || names.length === 0) return null;
  const long = names.find(name => name.startsWith('--')) ?? names[0]!;
  const dest = text(args.keywords.get('dest')?.value ?? null) ?? long.replace(/^-+/, '').replaceAll('-', '_');
  const action = text(args.keywords.get('action')?.value ?? null);
  const given = args.keywords.get('default')?.value;
  const note = `${long} default`;
  let value = given ? asDefault(run, given, note, span) : new Value();
  if (!given && (action === 'store_true' || action === 'store_false'))
    value = asDefault(run, constant(action === 'store_false', run.origin('literal', '', span)), note, span);
  else if (!given && long.startsWith('-') && !args.keywords.has('required'))
    value = asDefault(run, constant(null, run.origin('literal', '', span)), note, span);
  const conversion = args.keywords.get('type')?.value.ref;
  if (conversion?.kind === 'symbol' && /^builtins\.(float|int)$/.test(conversion.name))
    value.constants = value.constants.map(one => {
      const number = typeof one.value === 'string' ? Number(one.value) : Number.NaN;
      return Number.isNaN(number) ? one : { ...one, value: number };
    });
  put(receiver.value, `-${dest}`, value);
  return UNKNOWN;
};

const setDefaults: Intrinsic = (run, receiver, args, span) => {
  if (!receiver || receiver.value === UNKNOWN) return null;
  for (const [name, given] of args.keywords)
    put(receiver.value, `-${name}`, asDefault(run, given.value, `--${name} default`, span));
  return UNKNOWN;
};

const parseArguments: Intrinsic = (_, receiver) => {
  if (!receiver) return null;
  const out = instance('argparse.Namespace');
  out.fields = new Map();
  for (const [name, value] of receiver.value.fields ?? [])
    if (name.startsWith('-')) out.fields.set(name.slice(1), value);
  return out;
};

const variables: Intrinsic = (_, __, args) => {
  const value = first(args);
  if (!value.fields) return null;
  const out = copyOf(value);
  out.types = ['builtins.dict'];
  return out;
};

/** absl: `DEFINE_float('name', default, 'help')`. */
const defineFlag: Intrinsic = (run, _, args, span) => {
  const name = text(argument(args, 'name', 0));
  if (name === null) return null;
  const value = asDefault(run, argument(args, 'default', 1) ?? new Value(), `--${name} default`, span);
  run.flags.set(name, value);
  const holder = instance('absl.flags.FlagHolder');
  return put(holder, 'value', value);
};

/** click and typer: an option of the decorated function, or a parameter's default. */
const clickOption: Intrinsic = (run, _, args, span) => {
  const names = args.positional.map(given => text(given.value)).filter(name => name !== null);
  const long = names.find(name => name.startsWith('--')) ?? names[0];
  if (long === undefined) return null;
  const bare = names.find(name => !name.startsWith('-'));
  const dest = bare ?? long.replace(/^-+/, '').split('/')[0]!.replaceAll('-', '_');
  const isFlag = args.keywords.get('is_flag')?.value.constants[0]?.value === true;
  const given =
    args.keywords.get('default')?.value ?? (isFlag ? constant(false, run.origin('literal', '', span)) : null);
  const out = new Value();
  const option = given ? asDefault(run, given, `${long} default`, span) : new Value();
  return put(put(out, '#option', option), '#name', constant(dest, run.origin('literal', '', span)));
};

const typerOption: Intrinsic = (run, _, args, span) => {
  const value = argument(args, 'default', 0);
  return value ? asDefault(run, value, 'option default', span) : new Value();
};

/** dataclass, attrs and pydantic fields. */
const recordField: Intrinsic = (run, _, args, span) => {
  const value = argument(args, 'default', 0);
  const factory = args.keywords.get('default_factory')?.value ?? args.keywords.get('factory')?.value;
  if (value) return value;
  return factory
    ? run.callValue(factory, { positional: [], keywords: new Map(), open: false, span }, span)
    : new Value();
};

/** Configuration files whose name is written in the script. */
const readConfiguration: Intrinsic = (run, _, args, span) => {
  const given = first(args);
  const file = text(given) ?? text(given.fields?.get('#file') ?? null);
  if (file === null) return null;
  return configurationValue(run, file, span);
};

export function configurationValue(run: Evaluator, file: string, span: Span): Value | null {
  if (!/\.(ya?ml|toml|json)$/i.test(file)) return null;
  const held = run.configuration(file);
  if (held === null) return null;
  return spreadOut(held, { kind: 'configuration-file', note: file, span: { start: span.start, end: span.end } }, 0);
}

/** A constant tree as a value whose members can be read by attribute, key or dotted path. */
export function spreadOut(held: ConstantValue, origin: Origin, depth: number): Value {
  const value = new Value();
  value.constants = [{ value: held, origins: [origin], overridable: true }];
  if (typeof held === 'object' && held !== null && !Array.isArray(held) && depth < 6) {
    value.fields = new Map();
    for (const [name, inner] of Object.entries(held).slice(0, 200)) {
      const note = depth === 0 ? `${name} in ${origin.note}` : `${name} in ${origin.note.split(' in ').at(-1)}`;
      value.fields.set(name, spreadOut(inner, { ...origin, note }, depth + 1));
    }
  }
  return value;
}

const openFile: Intrinsic = (run, _, args, span) => {
  const path = first(args);
  const given = args.positional[0];
  if (given && run.taintOf(given.value) !== 0)
    run.emit(
      {
        kind: 'path',
        api: 'builtins.open',
        tier: 'certain',
        arguments: {},
        values: [run.evidence(given.value, given.span)],
      },
      span,
    );
  const mode = text(argument(args, 'mode', 1)) ?? 'r';
  if (/[wax+]/.test(mode)) {
    const out = instance('builtins.file');
    return put(out, '#file', path);
  }
  void run;
  void span;
  return put(put(instance('builtins.file'), '#file', path), '#reading', constant(true, { kind: 'literal', note: '' }));
};

/** `mapping.get(key, default)`. */
const getItem: Intrinsic = (_, receiver, args) => {
  const key = text(args.positional[0]?.value ?? null);
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

const fieldValues: Intrinsic = (run, receiver) => {
  const value = receiver?.value;
  if (!value?.fields || !value.types.includes('builtins.dict')) return null;
  const inner = [...value.fields].filter(([name]) => !name.startsWith('#')).map(([, field]) => field);
  const out = run.flow(inner, 'same');
  out.items = inner.length <= 64 ? inner : null;
  return out;
};

const fieldItems: Intrinsic = (run, receiver) => {
  const value = receiver?.value;
  if (!value?.fields || !value.types.includes('builtins.dict')) return null;
  const pairs = [...value.fields].filter(([name]) => !name.startsWith('#')).slice(0, 64);
  const out = run.flow(
    pairs.map(([, field]) => field),
    'same',
  );
  out.items = pairs.map(([name, field]) => tupleOf([constant(name, { kind: 'literal', note: name }), field]));
  return out;
};

const partial: Intrinsic = (_, __, args) => {
  const callee = first(args);
  return callee.ref ? callee : null;
};

const path: Intrinsic = (run, _, args, span) => {
  const values = args.positional.map(given => given.value);
  const out = run.flow(values, 'same');
  out.types = ['pathlib.Path'];
  out.constants = combine(
    values.map(value => value.constants),
    parts => (parts.every(part => typeof part === 'string') ? joinPath(...(parts as string[])) : undefined),
  );
  if (out.constants.length === 0) {
    const words = values.flatMap(value => [
      ...value.constants.flatMap(one => (typeof one.value === 'string' ? [one.value] : [])),
      ...(value.fields?.get('#path')?.types ?? []),
    ]);
    if (words.length > 0) put(out, '#path', Object.assign(new Value(), { types: words.slice(0, 6) }));
    run.notePath(out, span, words, true);
  }
  return out;
};

const superOf: Intrinsic = run => run.superValue();

/** `optimizer.zero_grad()` on something of unknown class shows an optimizer (or a model) where PyTorch is imported. */
const zeroGradients: Intrinsic = (_, receiver) => {
  const value = receiver?.value;
  if (value && value !== UNKNOWN && value.types.length === 0) value.types = ['torch.optim.Optimizer'];
  return null;
};

/** `loss.backward()`: what it was computed from is what the next step learns from. */
const differentiate: Intrinsic = (run, receiver) => {
  if (receiver) run.differentiated = receiver;
  return null;
};

const require: Intrinsic = (_, __, args) => {
  const name = text(args.positional[0]?.value ?? null);
  return name === null ? null : symbol(name);
};

const firstElement: Intrinsic = (run, _, args) => run.iterate(first(args));

const dataclassParser: Intrinsic = (run, _, args, span) => {
  const given = first(args);
  const classes = given.items ?? [given];
  const out = instance('transformers.HfArgumentParser');
  out.items = classes.map(cls => run.callValue(cls, { positional: [], keywords: new Map(), open: false, span }, span));
  return out;
};
const parsedDataclasses: Intrinsic = (run, receiver, _, span) => {
  const items = receiver?.value.items;
  if (!items) return null;
  for (const item of items)
    for (const [name, value] of item.fields ?? [])
      item.fields!.set(name, asDefault(run, value, `--${name} default`, span));
  return tupleOf(items);
};

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

export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['builtins.range', range],
  ['builtins.xrange', range],
  ['tqdm.trange', range],
  ['builtins.enumerate', enumerate],
  ['builtins.zip', zip],
  ['builtins.len', length],
  ['builtins.getattr', attributeOf],
  ['builtins.setattr', setAttribute],
  ['builtins.dict', mappingOf],
  ['builtins.vars', variables],
  ['builtins.super', superOf],
  ['builtins.open', openFile],
  ['io.open', openFile],
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
  ['os.getenv', environment],
  ['os.environ.get', environment],
  ['os.path.join', path],
  ['pathlib.Path', path],
  ['os.path.abspath', passing],
  ['os.path.expanduser', passing],
  ['functools.partial', partial],
  ['copy.deepcopy', passing],
  ['copy.copy', passing],
  ['*.add_argument', addArgument],
  ['*.set_defaults', setDefaults],
  ['*.parse_args', parseArguments],
  [
    '*.parse_known_args',
    (run, receiver, args, span) => tupleOf([parseArguments(run, receiver, args, span) ?? UNKNOWN, UNKNOWN]),
  ],
  ['*.parse_args_into_dataclasses', parsedDataclasses],
  ['transformers.HfArgumentParser', dataclassParser],
  ['*.get', getItem],
  ['*.update', update],
  ['*.values', fieldValues],
  ['*.items', fieldItems],
  ['*.zero_grad', zeroGradients],
  ['*.backward', differentiate],
  ['builtins.require', require],
  ...['float', 'integer', 'bool', 'boolean', 'string', 'enum', 'list'].map((kind): [string, Intrinsic] => [
    `absl.flags.DEFINE_${kind}`,
    defineFlag,
  ]),
  ['click.option', clickOption],
  ['click.argument', clickOption],
  ['typer.Option', typerOption],
  ['typer.Argument', typerOption],
  ['dataclasses.field', recordField],
  ['attr.ib', recordField],
  ['attrs.field', recordField],
  ['pydantic.Field', recordField],
  ['yaml.safe_load', readConfiguration],
  ['yaml.load', readConfiguration],
  ['yaml.full_load', readConfiguration],
  ['json.load', readConfiguration],
  ['toml.load', readConfiguration],
  ['tomllib.load', readConfiguration],
  ['tomli.load', readConfiguration],
  ['omegaconf.OmegaConf.load', readConfiguration],
]);
