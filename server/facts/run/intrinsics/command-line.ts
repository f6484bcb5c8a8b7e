import { constant, copyOf, instance, UNKNOWN, Value } from '../value';
import { argument, asDefault, first, type Intrinsic, put, text, tupleOf } from './support';

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

/** Options of command lines: argparse, absl, click, typer, dataclass parsers. */
export const commandLine: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.vars', variables],
  ['*.add_argument', addArgument],
  ['*.set_defaults', setDefaults],
  ['*.parse_args', parseArguments],
  [
    '*.parse_known_args',
    (run, receiver, args, span) => tupleOf([parseArguments(run, receiver, args, span) ?? UNKNOWN, UNKNOWN]),
  ],
  ['*.parse_args_into_dataclasses', parsedDataclasses],
  ['transformers.HfArgumentParser', dataclassParser],
  ...['float', 'integer', 'bool', 'boolean', 'string', 'enum', 'list'].map((kind): [string, Intrinsic] => [
    `absl.flags.DEFINE_${kind}`,
    defineFlag,
  ]),
  ['click.option', clickOption],
  ['click.argument', clickOption],
  ['typer.Option', typerOption],
  ['typer.Argument', typerOption],
];
