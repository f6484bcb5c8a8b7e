import type { Span } from '../../syntax';
import type { Evaluator } from '../evaluator';
import { spreadOut } from '../settings/tree';
import { UNKNOWN, Value } from '../value';
import { argument, first, type Intrinsic, named, put, text } from './support';

const environment: Intrinsic = (run, _, args) => {
  const name = text(args.positional[0]?.value ?? null);
  const fallback = argument(args, 'default', 1);
  if (fallback) return environmentDefault(run, fallback, name ?? 'variable', args.span);
  const set = name === null ? undefined : run.stored.get(`$${name}`);
  return set ?? put(new Value(), '#unset', run.textConstant(name ?? 'variable', args.span));
};

/** What holds while a variable of the environment is not set. */
export function environmentDefault(run: Evaluator, fallback: Value, name: string, span: Span): Value {
  const origin = run.origin('environment-default', `default of the environment's ${name}`, span);
  const out = new Value();
  out.constants = fallback.constants.map(one => ({
    value: one.value,
    origins: [origin, ...named(one.origins)],
    overridable: true,
  }));
  return out;
}

/** `os.environ.setdefault('NAME', value)`: later readings of the variable find it. */
const setEnvironment: Intrinsic = (run, _, args) => {
  const name = text(args.positional[0]?.value ?? null);
  const value = args.positional[1]?.value;
  if (name === null || !value) return null;
  const known = environmentDefault(run, value, name, args.span);
  run.stored.set(`$${name}`, known);
  return known;
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
  return spreadOut(held, { kind: 'configuration-file', note: file, span: { start: span.start, end: span.end } });
}

/** dataclass, attrs and pydantic fields. */
const recordField: Intrinsic = (run, _, args, span) => {
  const value = argument(args, 'default', 0);
  const factory = args.keywords.get('default_factory')?.value ?? args.keywords.get('factory')?.value;
  if (value) return value;
  return factory
    ? run.callValue(factory, { positional: [], keywords: new Map(), open: false, span }, span)
    : new Value();
};

/** A record of the project, filled from settings: `Config.model_validate(settings)`, `dacite.from_dict(Config, settings)`. */
function filled(run: Evaluator, cls: Value, settings: Value, span: Span): Value | null {
  if (cls.ref?.kind !== 'class' || !settings.fields) return null;
  const keywords = new Map(
    [...settings.fields].filter(([name]) => !name.startsWith('#')).map(([name, value]) => [name, { value, span }]),
  );
  return run.callValue(cls, { positional: [], keywords, open: false, span }, span);
}

const validated: Intrinsic = (run, receiver, args, span) =>
  receiver ? filled(run, receiver.value, first(args), span) : null;

const fromDictionary: Intrinsic = (run, _, args, span) =>
  filled(run, argument(args, 'data_class', 0) ?? UNKNOWN, argument(args, 'data', 1) ?? UNKNOWN, span);

/** Constants from the environment, from configuration files and from the fields of records. */
export const configuration: readonly (readonly [string, Intrinsic])[] = [
  ['os.getenv', environment],
  ['os.environ.get', environment],
  ['os.environ.setdefault', setEnvironment],
  ['decouple.config', environment],
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
  ['tomlkit.load', readConfiguration],
  ['toml.loads', readConfiguration],
  ['tomllib.loads', readConfiguration],
  ['tomli.loads', readConfiguration],
  ['json.loads', readConfiguration],
  ['yaml.unsafe_load', readConfiguration],
  ['*.model_validate', validated],
  ['*.parse_obj', validated],
  ['dacite.from_dict', fromDictionary],
];
