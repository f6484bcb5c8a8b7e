import { constant, copyOf, instance, join, UNKNOWN, Value } from '../value';
import { asGiven } from './given';
import { asDefault, type Intrinsic, put, text, tupleOf, withField } from './support';

const subparsers = 'argparse.Subparsers';

/** What a parser knows, in its fields: `-name` is the default of an option, `--flag` of `#flag --flag` its name. */
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
  put(receiver.value, `-${dest}`, long.startsWith('-') ? asGiven(run, names, value) : value);
  for (const name of names) put(receiver.value, `#flag ${name}`, constant(dest, run.origin('literal', '', span)));
  return UNKNOWN;
};

const setDefaults: Intrinsic = (run, receiver, args, span) => {
  if (!receiver || receiver.value === UNKNOWN) return null;
  for (const [name, given] of args.keywords)
    put(receiver.value, `-${name}`, asDefault(run, given.value, `--${name} default`, span));
  return UNKNOWN;
};

/** A parser has the options of its `parents`. */
const makeParser: Intrinsic = (_, __, args) => {
  const out = instance('argparse.ArgumentParser');
  out.fields = new Map();
  for (const parent of args.keywords.get('parents')?.value.items ?? [])
    for (const [name, value] of parent.fields ?? []) out.fields.set(name, value);
  return out;
};

/** Options of a group are options of its parser. */
const group: Intrinsic = (_, receiver) => (receiver && receiver.value !== UNKNOWN ? receiver.value : null);

const addSubparsers: Intrinsic = (_, receiver) =>
  receiver && receiver.value !== UNKNOWN ? put(instance(subparsers), '#parser', receiver.value) : null;

const addParser: Intrinsic = (run, receiver, args, span) => {
  const parser = receiver?.value.fields?.get('#parser');
  if (!parser || !receiver?.value.types.includes(subparsers)) return null;
  const command = makeParser(run, null, args, span)!;
  const commands = parser.fields?.get('#commands') ?? tupleOf([]);
  commands.items!.push(command);
  put(parser, '#commands', commands);
  return command;
};

/** Defaults by name: of the parser itself, then of its commands. What several commands run is kept side by side, each with its own options. */
function optionsOf(parser: Value, depth = 0): Map<string, Value> {
  const out = new Map<string, Value>();
  for (const [name, value] of parser.fields ?? []) if (name.startsWith('-')) out.set(name.slice(1), value);
  if (depth > 4) return out;
  const inner = new Map<string, Value>();
  for (const command of parser.fields?.get('#commands')?.items ?? []) {
    const own = optionsOf(command, depth + 1);
    for (const [name, value] of own) {
      const narrow = value.ref ? withField(value, '#namespace', namespaceOf(new Map([...out, ...own]))) : value;
      const known = inner.get(name);
      inner.set(name, known ? either(known, narrow) : narrow);
    }
  }
  for (const [name, value] of inner) out.set(name, value);
  return out;
}

function either(a: Value, b: Value): Value {
  if (!a.ref || !b.ref) return join(a, b);
  const choices = [...(a.fields?.get('#choices')?.items ?? [a]), b];
  return withField(a, '#choices', tupleOf(choices));
}

function namespaceOf(options: Map<string, Value>): Value {
  const out = instance('argparse.Namespace');
  out.fields = options;
  return out;
}

const parseArguments: Intrinsic = (run, receiver, args, span) => {
  if (!receiver) return null;
  const { value } = receiver;
  // A class of options (typed-argument-parser) gives itself back.
  if (value.classes.length > 0 && ![...(value.fields?.keys() ?? [])].some(name => name.startsWith('-'))) return value;
  const options = optionsOf(value);
  const written = wordsOf(args.keywords.get('args')?.value ?? args.positional[0]?.value);
  if (written) {
    for (const [name, option] of options) options.set(name, settled(option));
    written.forEach((word, i) => {
      const [flag, inline] = word.split('=', 2);
      const dest = text(value.fields?.get(`#flag ${flag}`) ?? null);
      const next = inline ?? written[i + 1];
      if (dest === null || next === undefined) return;
      const number = Number(next);
      const read = next.trim() === '' || Number.isNaN(number) ? next : number;
      options.set(dest, constant(read, run.origin('literal', `${flag} as given`, span)));
    });
  }
  return namespaceOf(options);
};

/** The words of a command line that the code itself writes, as notebooks do; null: the user's own. */
function wordsOf(given: Value | undefined): readonly string[] | null {
  if (!given) return null;
  if (given.items?.length === 0) return [];
  const [only] = given.constants;
  if (given.constants.length !== 1 || !only) return null;
  if (only.value === '') return [];
  return Array.isArray(only.value) && only.value.every(word => typeof word === 'string')
    ? (only.value as readonly string[])
    : null;
}

function settled(option: Value): Value {
  const out = copyOf(option);
  out.constants = option.constants.map(one => ({ ...one, overridable: false }));
  return out;
}

/** argparse, and the parsers that are made like it. */
export const parsers: readonly (readonly [string, Intrinsic])[] = [
  ['argparse.ArgumentParser', makeParser],
  ['configargparse.ArgumentParser', makeParser],
  ['configargparse.ArgParser', makeParser],
  ['jsonargparse.ArgumentParser', makeParser],
  ['*.add_argument', addArgument],
  ['*.add_argument_group', group],
  ['*.add_mutually_exclusive_group', group],
  ['*.add_subparsers', addSubparsers],
  ['*.add_parser', addParser],
  ['*.set_defaults', setDefaults],
  ['*.parse_args', parseArguments],
  [
    '*.parse_known_args',
    (run, receiver, args, span) => tupleOf([parseArguments(run, receiver, args, span) ?? UNKNOWN, UNKNOWN]),
  ],
];
