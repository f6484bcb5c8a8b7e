import { constant, copyOf, instance, Value } from '../value';
import { asGiven } from './given';
import { argument, asDefault, first, type Intrinsic, libraryDefault, put, text, tupleOf } from './support';

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
  const held = asDefault(run, argument(args, 'default', 1) ?? new Value(), `--${name} default`, span);
  const value = asGiven(run, [`--${name}`], held);
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
  const option = asGiven(run, names, given ? asDefault(run, given, `${long} default`, span) : new Value());
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
  for (const item of items) {
    for (const type of item.types)
      for (const [name, held] of Object.entries(run.models.fields(type)))
        if (!item.fields?.has(name)) put(item, name, libraryDefault(held, type));
    for (const [name, value] of item.fields ?? [])
      item.fields!.set(name, asGiven(run, [`--${name}`], asDefault(run, value, `--${name} default`, span)));
  }
  return tupleOf(items);
};

/** Functions and classes whose parameters become the options of a command: they run, with their defaults. */
const command: Intrinsic = (run, _, args, span) => {
  const target = args.keywords.get('config_class')?.value ?? first(args);
  if (target.ref?.kind !== 'class' && target.ref?.kind !== 'function') return null;
  return run.callValue(target, { positional: [], keywords: new Map(), open: true, span }, span);
};

const commandsOf = [
  'fire.Fire',
  'typer.run',
  'tyro.cli',
  'jsonargparse.CLI',
  'jsonargparse.auto_cli',
  'simple_parsing.parse',
  'pyrallis.parse',
  'draccus.parse',
];

/** `DEFINE_config_file('config', 'configs/default.py')` of ml_collections: what the file's `get_config()` gives. */
const configurationFlag: Intrinsic = (run, _, args, span) => {
  const name = text(argument(args, 'name', 0));
  const file = text(argument(args, 'default', 1));
  if (name === null || file === null || !/\.py$/.test(file)) return null;
  const module = file.replace(/\.py$/, '').split('/').filter(Boolean).join('.');
  const call = { positional: [], keywords: new Map(), open: true, span };
  const value = changeable(run.callValue(run.dotted(`${module}.get_config`), call, span), 0);
  run.flags.set(name, value);
  return put(instance('absl.flags.FlagHolder'), 'value', value);
};

/** Settings that the command line may change, at every depth. */
function changeable(value: Value, depth: number): Value {
  const out = copyOf(value);
  out.constants = value.constants.map(one => ({ ...one, overridable: true }));
  if (depth < 6 && value.fields)
    out.fields = new Map([...value.fields].map(([name, inner]) => [name, changeable(inner, depth + 1)]));
  return out;
}

const flagKinds = ['float', 'integer', 'bool', 'boolean', 'string', 'enum', 'list'];

/** absl, and TensorFlow's own copy of it before 2.0. */
const flagModules = [
  'absl.flags',
  'tensorflow.app.flags',
  'tensorflow.flags',
  'tensorflow.compat.v1.flags',
  'tensorflow.compat.v1.app.flags',
];

/** Options of command lines beside argparse: absl, click, typer, fire, dataclass parsers. */
export const commandLine: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.vars', variables],
  ['*.parse_args_into_dataclasses', parsedDataclasses],
  ['*.parse_args_and_config', parsedDataclasses],
  ['transformers.HfArgumentParser', dataclassParser],
  ['trl.TrlParser', dataclassParser],
  ...flagModules.flatMap(module =>
    flagKinds.map((kind): [string, Intrinsic] => [`${module}.DEFINE_${kind}`, defineFlag]),
  ),
  ['ml_collections.config_flags.DEFINE_config_file', configurationFlag],
  ['ml_collections.config_flags.config_flags.DEFINE_config_file', configurationFlag],
  ...commandsOf.map((name): [string, Intrinsic] => [name, command]),
  ['click.option', clickOption],
  ['click.argument', clickOption],
  ['typer.Option', typerOption],
  ['typer.Argument', typerOption],
];
