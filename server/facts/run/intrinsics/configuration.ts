import type { Span } from '../../syntax';
import type { ConstantValue, Origin } from '../../values';
import type { Evaluator } from '../evaluator';
import { Value } from '../value';
import { argument, first, type Intrinsic, named, text } from './support';

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

/** dataclass, attrs and pydantic fields. */
const recordField: Intrinsic = (run, _, args, span) => {
  const value = argument(args, 'default', 0);
  const factory = args.keywords.get('default_factory')?.value ?? args.keywords.get('factory')?.value;
  if (value) return value;
  return factory
    ? run.callValue(factory, { positional: [], keywords: new Map(), open: false, span }, span)
    : new Value();
};

/** Constants from the environment, from configuration files and from the fields of records. */
export const configuration: readonly (readonly [string, Intrinsic])[] = [
  ['os.getenv', environment],
  ['os.environ.get', environment],
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
];
