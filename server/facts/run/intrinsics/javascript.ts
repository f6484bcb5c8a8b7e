import type { Given } from '../machine';
import { copyOf, NAMING, UNKNOWN, Value } from '../value';
import { first, type Intrinsic } from './support';

/** A method of arrays, texts or promises of JavaScript, where no library's class has one of that name. */
const method =
  (name: string, meaning: Intrinsic): Intrinsic =>
  (run, receiver, args, span) => {
    if (run.language !== 'javascript' || !receiver || receiver.value === UNKNOWN || receiver.value.ref) return null;
    if (receiver.value.classes.length > 0) return null;
    if (receiver.value.types.some(type => !type.startsWith('builtins.') && run.models.method(type, name))) return null;
    return meaning(run, receiver, args, span);
  };

/** Runs the function that is given first with one element and gives back what it returns. */
const applied = (run: Parameters<Intrinsic>[0], element: Value, args: Parameters<Intrinsic>[2]): Value => {
  const [callback] = args.positional;
  if (!callback?.value.ref) return UNKNOWN;
  const given: Given = { value: element, span: args.span };
  return run.callValue(
    callback.value,
    { positional: [given], keywords: new Map(), open: true, span: args.span },
    args.span,
  );
};

const each: Intrinsic = (run, receiver, args) => {
  applied(run, run.iterate(receiver!.value), args);
  return new Value();
};

const map: Intrinsic = (run, receiver, args) => {
  const made = applied(run, run.iterate(receiver!.value), args);
  const out = run.flow([made], 'same');
  out.types = ['builtins.list'];
  out.element = made;
  return out;
};

const chosen: Intrinsic = (run, receiver, args) => {
  applied(run, run.iterate(receiver!.value), args);
  return copyOf(receiver!.value);
};

const found: Intrinsic = (run, receiver, args) => {
  const element = run.iterate(receiver!.value);
  applied(run, element, args);
  return element;
};

/** Whether there is one, or where: a decision about the rows, and none of them. */
const decided: Intrinsic = (run, receiver, args) => {
  applied(run, run.iterate(receiver!.value), args);
  return new Value();
};

/** What is fulfilled goes to the function, whose answer is what comes next. */
const then: Intrinsic = (run, receiver, args) =>
  args.positional[0]?.value.ref ? applied(run, receiver!.value, args) : receiver!.value;

/** So few characters of a name or a number are what is shown to recognise it by. */
const SHOWN = 4;

/** A part of a text: the last digits of a number tell nobody apart. */
const part: Intrinsic = (run, receiver, args) => {
  const out = run.flow([receiver!.value], 'same');
  out.columns = receiver!.value.columns;
  out.types = receiver!.value.types;
  out.element = receiver!.value.element;
  const [from, to] = args.positional.map(given => given.value.constants[0]?.value);
  const few =
    (typeof from === 'number' && from < 0 && from >= -SHOWN) ||
    (from === 0 && typeof to === 'number' && to >= 0 && to <= SHOWN);
  if (few && !out.element) {
    out.taint &= ~NAMING;
    out.columns = null;
  }
  return out;
};

/** The same text written otherwise; with stars in place of what is replaced it is hidden. */
const rewritten: Intrinsic = (run, receiver, args) => {
  const out = run.flow([receiver!.value, ...args.positional.map(given => given.value)], 'same');
  out.columns = receiver!.value.columns;
  out.types = receiver!.value.types;
  const to = args.positional[1]?.value.constants[0]?.value;
  if (typeof to === 'string' && /[*#•]|x{2,}/i.test(to)) {
    out.taint &= ~NAMING;
    out.columns = null;
  }
  return out;
};

const letter: Intrinsic = (run, receiver) => {
  const out = run.flow([receiver!.value], 'derived');
  out.taint &= ~NAMING;
  return out;
};

/** Only JavaScript's arrays, texts and promises: in Python these names are other libraries'. */
export const javascript: readonly (readonly [string, Intrinsic])[] = [
  ...['forEach'].map(name => [`*.${name}`, method(name, each)] as const),
  ...['map', 'flatMap'].map(name => [`*.${name}`, method(name, map)] as const),
  ...['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'flat', 'splice'].map(
    name => [`*.${name}`, method(name, chosen)] as const,
  ),
  ...['find', 'findLast', 'pop', 'shift', 'at'].map(name => [`*.${name}`, method(name, found)] as const),
  ...[
    'some',
    'every',
    'includes',
    'indexOf',
    'lastIndexOf',
    'findIndex',
    'startsWith',
    'endsWith',
    'hasOwnProperty',
  ].map(name => [`*.${name}`, method(name, decided)] as const),
  ['*.then', method('then', then)],
  ['*.finally', method('finally', (_, receiver) => receiver!.value)],
  ...['slice', 'substring', 'substr'].map(name => [`*.${name}`, method(name, part)] as const),
  ...[
    'trim',
    'trimStart',
    'trimEnd',
    'toLowerCase',
    'toUpperCase',
    'toLocaleLowerCase',
    'toLocaleUpperCase',
    'normalize',
    'toString',
    'valueOf',
    'replace',
    'replaceAll',
    'split',
    'join',
    'concat',
    'padStart',
    'padEnd',
    'repeat',
  ].map(name => [`*.${name}`, method(name, rewritten)] as const),
  ...['charAt', 'charCodeAt', 'codePointAt'].map(name => [`*.${name}`, method(name, letter)] as const),
  ['builtins.Promise.all', (_, __, args) => (args.positional.length > 0 ? first(args) : null)],
  ['builtins.Promise.allSettled', (_, __, args) => (args.positional.length > 0 ? first(args) : null)],
  ['builtins.Promise.resolve', (_, __, args) => (args.positional.length > 0 ? first(args) : null)],
  ['builtins.String', (_, __, args) => (args.positional.length > 0 ? first(args) : null)],
  ['builtins.encodeURIComponent', (_, __, args) => (args.positional.length > 0 ? first(args) : null)],
  ['builtins.Boolean', () => new Value()],
  ['builtins.Object.keys', () => new Value()],
];
