import { combine, joinPath } from '../constants';
import { folderOf } from '../paths';
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

const isPath = (value: Value | undefined): boolean => value?.types.includes('pathlib.Path') ?? false;

const directory: Intrinsic = (run, _, args) => {
  const out = run.flow([first(args)], 'same');
  out.constants = combine([first(args).constants], ([own]) => (typeof own === 'string' ? folderOf(own) : undefined));
  return out.constants.length > 0 ? out : null;
};

/** `path.resolve()` and the like: the same place. */
const samePath: Intrinsic = (_, receiver) => (isPath(receiver?.value) ? receiver!.value : null);

const joined: Intrinsic = (run, receiver, args, span) =>
  isPath(receiver?.value) ? path(run, null, { ...args, positional: [receiver!, ...args.positional] }, span) : null;

/** `path.open()`, after its event. */
const openPath: Intrinsic = (run, receiver, args, span) => {
  const mode = text(argument(args, 'mode', 0)) ?? 'r';
  if (!isPath(receiver?.value) || /[wax+]/.test(mode) || receiver!.value.constants.length === 0) return null;
  return openFile(run, null, { ...args, positional: [receiver!, ...args.positional] }, span);
};

/** What was read of a settings file is still that file: a parser comes next. */
const content: Intrinsic = (run, receiver) => {
  const file = isPath(receiver?.value) ? receiver!.value : receiver?.value.fields?.get('#file');
  const name = text(file ?? null);
  if (name === null || !/\.(ya?ml|toml|json)$/i.test(name)) return null;
  return put(run.flow([file!], 'same'), '#file', file!);
};

const here: Intrinsic = (run, _, __, span) => {
  const out = run.textConstant('.', span);
  out.types = ['pathlib.Path'];
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
  ['os.path.realpath', passing],
  ['os.path.normpath', passing],
  ['os.path.dirname', directory],
  ['os.getcwd', (run, _, __, span) => run.textConstant('.', span)],
  ['pathlib.Path.cwd', here],
  ['*.resolve', samePath],
  ['*.absolute', samePath],
  ['*.expanduser', samePath],
  ['*.as_posix', samePath],
  ['*.joinpath', joined],
  ['*.open', openPath],
  ['*.read', content],
  ['*.read_text', content],
];
