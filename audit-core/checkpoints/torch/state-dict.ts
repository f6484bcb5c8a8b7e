import type { LazyTensor, StateDict } from '../tensors';

/** Keys under which training scripts keep the model's weights, most usual first. */
const modelKeys = [
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'net',
  'network',
  'module',
  'weights',
  'params',
  'ema',
  'student',
  'state',
];
const otherKeys =
  /(?:^|\.)(?:optim\w*|optimizer\w*|lr_schedulers?|scheduler\w*|scaler|amp|loss\w*|rng\w*|callbacks|loops|exp_avg\w*)(?:\.|$)/;
/** Prefixes that wrappers add: DataParallel, Opacus' GradSampleModule, torch.compile, Lightning's usual names. */
const prefixes = ['module.', '_module.', '_orig_mod.', 'model.', 'net.', 'network.'];

/**
 * The weights of the model alone, under the names its class gives them. `nested` are the keys of the file's outermost dictionary that hold
 * something else than a tensor: only such a key is a training checkpoint's `model`; a network may well have a part of that name.
 */
export function modelStateDict(
  tensors: ReadonlyMap<string, LazyTensor>,
  nested: ReadonlySet<string> = new Set(),
): StateDict {
  const names = [...tensors.keys()];
  const top = modelKeys.find(key => nested.has(key) && names.some(name => name.startsWith(`${key}.`)));
  let chosen = top
    ? names.filter(name => name.startsWith(`${top}.`)).map(name => [name.slice(top.length + 1), name] as const)
    : names.map(name => [name, name] as const);
  if (!top) chosen = chosen.filter(([name]) => !otherKeys.test(name));
  for (let round = 0; round < 3; round++) {
    const prefix = prefixes
      .slice(0, 3)
      .find(each => chosen.length > 0 && chosen.every(([name]) => name.startsWith(each)));
    if (prefix) chosen = chosen.map(([name, whole]) => [name.slice(prefix.length), whole] as const);
  }
  const out = new Map<string, LazyTensor>();
  for (const [name, whole] of chosen) {
    const tensor = tensors.get(whole);
    if (tensor) out.set(name, { ...tensor, name });
  }
  return out;
}
