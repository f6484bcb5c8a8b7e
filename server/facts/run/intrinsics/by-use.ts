import type { Given } from '../machine';
import { UNKNOWN, type Value } from '../value';
import type { Intrinsic } from './support';

/** A value that neither a library nor a class of the project tells the kind of. */
function unknownKind(receiver: Given | null): Value | null {
  const value = receiver?.value;
  if (!value || value === UNKNOWN || value.ref || value.classes.length > 0) return null;
  return value.types.some(type => type.includes('.')) ? null : value;
}

const isA =
  (type: string, when: (...given: Parameters<Intrinsic>) => boolean): Intrinsic =>
  (run, receiver, args, span) => {
    const value = unknownKind(receiver);
    if (!value || !when(run, receiver, args, span)) return null;
    value.types = [...value.types, type];
    if (value.objects.length === 0) value.objects = [run.newObject()];
    return null;
  };

/** What only a Keras model takes. So a model that a function elsewhere made is known by how it is trained. */
const keras = isA('keras.Model', (_, __, args) => {
  const given = (...names: readonly string[]) => names.filter(name => args.keywords.has(name)).length;
  const compiled = given('optimizer', 'loss', 'metrics', 'loss_weights');
  const fitted = given('epochs', 'validation_data', 'steps_per_epoch', 'callbacks', 'validation_split', 'generator');
  return compiled + fitted >= 2 && given('optimizer', 'epochs', 'steps_per_epoch', 'validation_data') > 0;
});

const fastai = isA('fastai.learner.Learner', () => true);

/** Fitted with rows and labels, and asked for predictions somewhere in the text under the same name. */
const estimator = isA('sklearn.base.BaseEstimator', (run, receiver, args) => {
  if (args.positional.length + args.keywords.size < 2 || !receiver) return false;
  const name = run.textAt(receiver.span);
  return /^[\w.]+$/.test(name) && run.mentions(`${name}.predict`);
});

const fit: Intrinsic = (run, receiver, args, span) =>
  keras(run, receiver, args, span) ?? estimator(run, receiver, args, span);

/** A network of PyTorch, by what only networks have, in a module that speaks of PyTorch. */
const network = isA('torch.nn.Module', (run, _, args) => {
  return args.positional.length + args.keywords.size === 0 && run.mentions('torch');
});

/** Asked with a tensor of TensorFlow.js: a model that another file loaded. */
const tensorFlow = isA('@tensorflow/tfjs.LayersModel', (_, __, args) =>
  args.positional.some(({ value }) => value.types.includes('@tensorflow/tfjs.Tensor')),
);

/** Models whose maker is not seen, known by the calls that train them. */
export const byUse: readonly (readonly [string, Intrinsic])[] = [
  ['*.compile', keras],
  ['*.fit', fit],
  ['*.fit_generator', keras],
  ['*.fit_one_cycle', fastai],
  ['*.parameters', network],
  ['*.named_parameters', network],
  ['*.eval', network],
  ['*.train', network],
  ['*.predict', tensorFlow],
];
