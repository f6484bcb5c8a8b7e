import { combine, joinPath } from '../constants';
import { constant, instance, Value } from '../value';
import { argument, first, type Intrinsic, passing, put, text } from './support';

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

/** Opened files and paths. */
export const files: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.open', openFile],
  ['io.open', openFile],
  ['os.path.join', path],
  ['pathlib.Path', path],
  ['os.path.abspath', passing],
  ['os.path.expanduser', passing],
];
