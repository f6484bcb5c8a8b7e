import { copyOf, PER_RECORD, symbol, UNKNOWN } from '../value';
import { first, type Intrinsic, passing, put, text } from './support';

const attributeOf: Intrinsic = (run, _, args, span) => {
  const name = text(args.positional[1]?.value ?? null);
  const object = first(args);
  if (name === null) return null;
  const found = run.attribute(object, name, span);
  const fallback = args.positional[2]?.value;
  return found === UNKNOWN && fallback ? fallback : found;
};

const setAttribute: Intrinsic = (_, __, args) => {
  const name = text(args.positional[1]?.value ?? null);
  const object = first(args);
  if (name === null || object === UNKNOWN) return null;
  put(object, name, args.positional[2]?.value ?? UNKNOWN);
  return UNKNOWN;
};

const superOf: Intrinsic = run => run.superValue();

/** `optimizer.zero_grad()` on something of unknown class shows an optimizer (or a model) where PyTorch is imported. */
const zeroGradients: Intrinsic = (_, receiver) => {
  const value = receiver?.value;
  if (value && value !== UNKNOWN && value.types.length === 0) value.types = ['torch.optim.Optimizer'];
  return null;
};

/** `loss.backward()`: what it was computed from is what the next step learns from. */
const differentiate: Intrinsic = (run, receiver) => {
  if (!receiver) return null;
  run.differentiated = { value: copyOf(receiver.value), span: receiver.span };
  // Only one number has a gradient: a loss over the batch.
  if (receiver.value !== UNKNOWN && !Object.isFrozen(receiver.value)) {
    receiver.value.taint &= ~PER_RECORD;
    receiver.value.strength = 'aggregate';
  }
  return null;
};

/**
 * What only a Keras model has: `compile` with optimizer and loss, `fit_generator`, `fit` with epochs and what else only Keras'
 * takes. So a model that a function elsewhere made is known by how it is trained.
 */
const kerasOnly: Intrinsic = (run, receiver, args) => {
  const value = receiver?.value;
  if (!value || value === UNKNOWN || value.classes.length > 0 || value.types.some(type => type.includes('.')))
    return null;
  const given = (...names: readonly string[]) => names.filter(name => args.keywords.has(name)).length;
  const telling =
    given('optimizer', 'loss', 'metrics', 'loss_weights') +
    given('epochs', 'validation_data', 'steps_per_epoch', 'callbacks', 'validation_split', 'generator');
  if (telling < 2 || (given('optimizer') === 0 && given('epochs', 'steps_per_epoch', 'validation_data') === 0))
    return null;
  value.types = [...value.types, 'keras.Model'];
  if (value.objects.length === 0) value.objects = [run.newObject()];
  return null;
};

const require: Intrinsic = (_, __, args) => {
  const name = text(args.positional[0]?.value ?? null);
  return name === null ? null : symbol(name);
};

/** Attributes by name, super, and the calls of training loops that tell what an object is. */
export const objects: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.getattr', attributeOf],
  ['builtins.setattr', setAttribute],
  ['builtins.super', superOf],
  ['copy.deepcopy', passing],
  ['copy.copy', passing],
  ['*.zero_grad', zeroGradients],
  ['*.backward', differentiate],
  ['*.compile', kerasOnly],
  ['*.fit', kerasOnly],
  ['*.fit_generator', kerasOnly],
  ['builtins.require', require],
];
