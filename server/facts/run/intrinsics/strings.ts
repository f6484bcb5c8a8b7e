import type { ConstantValue, Resolved } from '../../values';
import { combine } from '../constants';
import { hintPath, show, wordsOf } from '../containers';
import type { Value } from '../value';
import { type Intrinsic, text } from './support';

/** A method of a known text that gives another constant; what flows into the text flows out of it. */
const changed =
  (operation: (own: string, ...rest: ConstantValue[]) => ConstantValue | undefined): Intrinsic =>
  (run, receiver, args) => {
    if (!receiver) return null;
    const values = [receiver.value, ...args.positional.map(given => given.value)];
    const constants = combine(
      values.map(value => value.constants),
      ([own, ...rest]) => (typeof own === 'string' ? operation(own, ...rest) : undefined),
    );
    if (constants.length === 0 && run.taintOf(receiver.value) === 0 && receiver.value.constants.length === 0)
      return null;
    const out = run.flow([receiver.value], 'same');
    out.constants = constants;
    out.types = typeof constants[0]?.value === 'object' ? ['builtins.list'] : ['builtins.str'];
    if (constants.length === 0) hintPath(out, wordsOf(...values));
    return out;
  };

/** One field of a format string: its words before it, and which argument it shows. */
const field = /\{\{|\}\}|\{([^{}:!.[]*)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g;

/** `'{}/{name}'.format(a, name=b)`: the parts of the text and the values between them. */
const format: Intrinsic = (run, receiver, args, span) => {
  const template = receiver && text(receiver.value);
  if (!receiver || template === null) {
    if (!receiver) return null;
    const out = run.flow([receiver.value, ...valuesOf(args)], 'same');
    out.types = ['builtins.str'];
    return out;
  }
  const literal = (word: string): readonly Resolved[] => [{ value: word, origins: [], overridable: false }];
  const constants: (readonly Resolved[])[] = [];
  const shown: Value[] = [];
  let at = 0;
  let next = 0;
  for (const match of template.matchAll(field)) {
    constants.push(literal(template.slice(at, match.index)));
    at = match.index + match[0].length;
    if (match[1] === undefined) {
      constants.push(literal(match[0][0]!));
      continue;
    }
    const given =
      match[1] === '' ? args.positional[next++] : (args.positional[Number(match[1])] ?? args.keywords.get(match[1]));
    if (given) shown.push(given.value);
    constants.push(given?.value.constants ?? []);
  }
  constants.push(literal(template.slice(at)));
  const out = run.flow(shown.length > 0 ? shown : valuesOf(args), 'same');
  out.types = ['builtins.str'];
  if (shown.length === 1) out.columns = shown[0]!.columns;
  out.constants = combine(constants, parts => parts.map(part => show(part)).join(''));
  const words = [template, ...wordsOf(...shown)];
  if (out.constants.length === 0) hintPath(out, words);
  run.notePath(out, span, words);
  return out;
};

const join: Intrinsic = (run, receiver, args, span) => {
  const [parts] = args.positional;
  if (!receiver || !parts) return null;
  const out = run.flow([receiver.value, parts.value], 'same');
  out.types = ['builtins.str'];
  const items = parts.value.items;
  if (items && items.length <= 32)
    out.constants = combine([receiver.value.constants, ...items.map(item => item.constants)], ([glue, ...words]) =>
      words.every(word => typeof word === 'string') ? words.join(String(glue)) : undefined,
    );
  const words = wordsOf(receiver.value, ...(items ?? []));
  if (out.constants.length === 0) hintPath(out, words);
  run.notePath(out, span, words);
  return out;
};

const valuesOf = (args: Parameters<Intrinsic>[2]): Value[] => [
  ...args.positional.map(given => given.value),
  ...[...args.keywords.values()].map(given => given.value),
];

const isText = (value: ConstantValue | undefined): value is string => typeof value === 'string';

/** Methods of texts, computed where the text is known; their data flows on unchanged. */
export const strings: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.str.format', format],
  ['builtins.str.join', join],
  ['builtins.str.lower', changed(own => own.toLowerCase())],
  ['builtins.str.upper', changed(own => own.toUpperCase())],
  [
    'builtins.str.strip',
    changed((own, set) => (set === undefined ? own.trim() : isText(set) ? trimmed(own, set) : undefined)),
  ],
  ['builtins.str.rstrip', changed((own, set) => (set === undefined ? own.trimEnd() : undefined))],
  ['builtins.str.lstrip', changed((own, set) => (set === undefined ? own.trimStart() : undefined))],
  [
    'builtins.str.replace',
    changed((own, from, to) => (isText(from) && isText(to) ? own.split(from).join(to) : undefined)),
  ],
  [
    'builtins.str.split',
    changed((own, by) => (by === undefined ? own.split(/\s+/) : isText(by) && by !== '' ? own.split(by) : undefined)),
  ],
  ['builtins.str.startswith', changed((own, start) => (isText(start) ? own.startsWith(start) : undefined))],
  ['builtins.str.endswith', changed((own, end) => (isText(end) ? own.endsWith(end) : undefined))],
];

function trimmed(text: string, set: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && set.includes(text[start]!)) start++;
  while (end > start && set.includes(text[end - 1]!)) end--;
  return text.slice(start, end);
}
