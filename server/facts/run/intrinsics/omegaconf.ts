import { interpolated, literal, written } from '../settings/interpolate';
import { mapping, mergeSettings, settingAt, settingsWith } from '../settings/tree';
import { copyOf, instance, UNKNOWN, Value } from '../value';
import { configurationValue } from './configuration';
import { argument, first, type Intrinsic, passing, put, text } from './support';

const load: Intrinsic = (run, _, args, span) => {
  const file = text(first(args)) ?? text(first(args).fields?.get('#file') ?? null);
  const found = file === null ? null : configurationValue(run, file, span);
  return found && interpolated(found);
};

/** `create({...})`, `structured(Config)`: a tree of its own. */
const create: Intrinsic = (run, _, args, span) => {
  const given = first(args);
  const made =
    given.ref?.kind === 'class'
      ? run.callValue(given, { positional: [], keywords: new Map(), open: false, span }, span)
      : given;
  if (args.positional.length === 0) return mapping();
  return made.fields ? interpolated(made) : null;
};

/** `merge(base, file, from_cli())`: later ones win; what is given on the command line may change anything. */
const merge: Intrinsic = (run, _, args, span) => {
  const known = args.positional
    .map(({ value }) =>
      value.ref?.kind === 'class'
        ? (create(run, null, { ...args, positional: [{ value, span }] }, span) ?? value)
        : value,
    )
    .filter(value => value.fields)
    .map(written);
  return known.length === 0 ? null : interpolated(known.reduce(mergeSettings));
};

const select: Intrinsic = (_, __, args) => {
  const path = text(argument(args, 'key', 1));
  if (path === null || !first(args).fields) return null;
  return settingAt(first(args), path) ?? args.keywords.get('default')?.value ?? UNKNOWN;
};

const update: Intrinsic = (_, __, args) => {
  const path = text(argument(args, 'key', 1));
  const value = argument(args, 'value', 2);
  const into = first(args);
  if (path === null || !value || !into.fields) return null;
  into.fields = mergeSettings(into, settingsWith(path, value)).fields;
  return UNKNOWN;
};

const dotList: Intrinsic = (run, _, args, span) => {
  const words = first(args).items?.map(item => text(item)) ?? [];
  return words.reduce((all, word) => {
    const at = word?.indexOf('=') ?? -1;
    if (at <= 0) return all;
    const value = new Value();
    value.constants = [
      { value: literal(word!.slice(at + 1)), origins: [run.origin('literal', '', span)], overridable: false },
    ];
    return mergeSettings(all, settingsWith(word!.slice(0, at), value));
  }, mapping());
};

/** Mappings whose members are read as attributes: of a mapping, of keywords, or filled later. */
const record =
  (type: string): Intrinsic =>
  (_, __, args) => {
    const base = args.positional[0]?.value;
    if (base && !base.fields) return null;
    const out = base ? copyOf(base) : instance(type);
    out.types = [type, 'builtins.dict'];
    out.fields = new Map(base?.fields ?? []);
    for (const [name, given] of args.keywords) out.fields.set(name, given.value);
    return out;
  };

/** `cfg.merge_from_file('x.yaml')` of yacs, detectron2 and their like. */
const mergeFile: Intrinsic = (run, receiver, args, span) => {
  const file = text(first(args));
  const into = receiver?.value;
  const found = file === null || !into?.fields ? null : configurationValue(run, file, span);
  if (!found || !into) return null;
  into.fields = mergeSettings(into, found).fields;
  return UNKNOWN;
};

const mergeList: Intrinsic = (_, receiver, args) => {
  const into = receiver?.value;
  const words = first(args).items;
  if (!into?.fields || !words) return null;
  for (let i = 0; i + 1 < words.length; i += 2) {
    const path = text(words[i]!);
    if (path !== null) into.fields = mergeSettings(into, settingsWith(path, words[i + 1]!)).fields;
  }
  return UNKNOWN;
};

const cloned: Intrinsic = (_, receiver) =>
  receiver?.value.fields && receiver.value.types.includes('builtins.dict') ? copyOfTree(receiver.value, 0) : null;

function copyOfTree(value: Value, depth: number): Value {
  if (!value.fields || depth > 8) return value;
  const out = copyOf(value);
  out.fields = new Map([...value.fields].map(([name, inner]) => [name, copyOfTree(inner, depth + 1)]));
  return out;
}

const unknown: Intrinsic = () => put(new Value(), '#given', UNKNOWN);

const records = [
  'types.SimpleNamespace',
  'argparse.Namespace',
  'easydict.EasyDict',
  'munch.Munch',
  'munch.munchify',
  'box.Box',
  'dotmap.DotMap',
  'addict.Dict',
  'ml_collections.ConfigDict',
  'ml_collections.config_dict.ConfigDict',
  'ml_collections.config_dict.config_dict.ConfigDict',
  'ml_collections.FrozenConfigDict',
  'yacs.config.CfgNode',
  'collections.OrderedDict',
];

/** OmegaConf, yacs and other trees of settings. */
export const settings: readonly (readonly [string, Intrinsic])[] = [
  ['omegaconf.OmegaConf.load', load],
  ['omegaconf.OmegaConf.create', create],
  ['omegaconf.DictConfig', create],
  ['omegaconf.OmegaConf.structured', create],
  ['omegaconf.OmegaConf.merge', merge],
  ['omegaconf.OmegaConf.unsafe_merge', merge],
  ['omegaconf.OmegaConf.select', select],
  ['omegaconf.OmegaConf.update', update],
  ['omegaconf.OmegaConf.from_dotlist', dotList],
  ['omegaconf.OmegaConf.from_cli', unknown],
  ['omegaconf.OmegaConf.to_container', passing],
  ['omegaconf.OmegaConf.to_object', passing],
  ...records.map((name): [string, Intrinsic] => [name, record(name)]),
  ['*.merge_from_file', mergeFile],
  ['*.merge_from_list', mergeList],
  ['*.clone', cloned],
];
