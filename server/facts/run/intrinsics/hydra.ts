import type { Span } from '../../syntax';
import type { Arguments } from '../arguments';
import { joinPath } from '../constants';
import type { Evaluator } from '../evaluator';
import type { Given } from '../machine';
import { composed } from '../settings/compose';
import { interpolated } from '../settings/interpolate';
import { instance, UNKNOWN, Value } from '../value';
import { configurationValue } from './configuration';
import { argument, first, type Intrinsic, passing, put, text, withField } from './support';

/** The configuration that Hydra composes from a folder beside the script, and from what the program stored. */
function compose(
  run: Evaluator,
  folder: string | null,
  name: string,
  words: readonly string[],
  span: Span,
): Value | null {
  const read = (path: string): Value | null => {
    const file = folder === null ? null : configurationValue(run, joinPath(folder, `${path}.yaml`), span);
    return file ?? run.stored.get(path) ?? null;
  };
  const found = composed({ read }, name, words);
  return found && interpolated(found);
}

/** `@hydra.main(config_path='conf', config_name='config')`: what the decorated function is given. */
const main: Intrinsic = (run, _, args, span) => {
  const name = text(argument(args, 'config_name', 1));
  if (name === null) return null;
  const path = argument(args, 'config_path', 0);
  const folder = path ? text(path) : '.';
  const found = compose(run, folder, name, [], span);
  return found && put(new Value(), '#settings', found);
};

/** `initialize(config_path='conf')`: where the next `compose` looks. */
const initialize: Intrinsic = (run, _, args) => {
  run.stored.set('#folder', argument(args, 'config_path', 0) ?? argument(args, 'config_dir', 0) ?? new Value());
  return null;
};

const composeNow: Intrinsic = (run, _, args, span) => {
  const name = text(argument(args, 'config_name', 0));
  const given = argument(args, 'overrides', 1);
  const words = given?.items?.map(item => text(item)) ?? given?.constants[0]?.value ?? [];
  if (name === null || !Array.isArray(words)) return null;
  const known = words.filter((word): word is string => typeof word === 'string');
  return compose(run, text(run.stored.get('#folder') ?? null), name, known, span);
};

/** `ConfigStore.instance().store(name=…, node=…, group=…)`. */
const store: Intrinsic = (run, receiver, args, span) => {
  if (!receiver?.value.types.includes('hydra.core.config_store.ConfigStore')) return null;
  const name = text(argument(args, 'name', 0))?.replace(/\.ya?ml$/, '');
  const node = argument(args, 'node', 1);
  if (name === undefined || !node) return null;
  const group = text(argument(args, 'group', 2));
  const held = node.ref?.kind === 'class' ? run.callValue(node, { ...nothing, span }, span) : node;
  run.stored.set(group ? `${group}/${name}` : name, held);
  return UNKNOWN;
};

const nothing = { positional: [], keywords: new Map<string, Given>(), open: false };

/** `instantiate(cfg.model, **more)`: calls what `_target_` names with the other settings, inner ones made first. */
const instantiate: Intrinsic = (run, _, args, span) => made(run, first(args), args, span, 0);

function made(run: Evaluator, config: Value, args: Arguments, span: Span, depth: number): Value | null {
  const target = text(config.fields?.get('_target_') ?? null);
  if (target === null || depth > 6) return null;
  const callee = run.dotted(target);
  const keywords = new Map<string, Given>();
  for (const [name, value] of config.fields!)
    if (!/^[#_]/.test(name))
      keywords.set(name, { value: made(run, value, { ...nothing, span }, span, depth + 1) ?? value, span });
  for (const [name, given] of args.keywords) if (!name.startsWith('_')) keywords.set(name, given);
  if (config.fields!.get('_partial_')?.constants[0]?.value === true)
    return withField(callee, '#keywords', fieldsOf(keywords));
  return run.callValue(callee, { positional: args.positional.slice(1), keywords, open: false, span }, span);
}

function fieldsOf(keywords: ReadonlyMap<string, Given>): Value {
  const out = new Value();
  out.fields = new Map([...keywords].map(([name, given]) => [name, given.value]));
  return out;
}

const classNamed: Intrinsic = (run, _, args) => {
  const name = text(first(args));
  return name === null ? null : run.dotted(name);
};

/** Hydra: composed configurations, and the objects that they describe. */
export const hydra: readonly (readonly [string, Intrinsic])[] = [
  ['hydra.main', main],
  ['hydra.initialize', initialize],
  ['hydra.initialize_config_dir', initialize],
  ['hydra.experimental.initialize', initialize],
  ['hydra.compose', composeNow],
  ['hydra.experimental.compose', composeNow],
  ['hydra.core.config_store.ConfigStore.instance', () => instance('hydra.core.config_store.ConfigStore')],
  ['*.store', store],
  ['hydra.utils.instantiate', instantiate],
  ['hydra.utils.call', instantiate],
  ['hydra.utils.get_class', classNamed],
  ['hydra.utils.get_method', classNamed],
  ['hydra.utils.get_object', classNamed],
  ['hydra.utils.to_absolute_path', passing],
  ['hydra.utils.get_original_cwd', (run, _, __, span) => run.textConstant('.', span)],
];
