import type { CallModel, ClassModel, LibraryModel } from './schema';

const module: ClassModel = { roles: ['module'] };
const optimizer: ClassModel = { roles: ['optimizer'] };
const scores: CallModel = { parameters: ['x'], flow: 'derived', adds: ['confidence'] };
const seed: CallModel = { parameters: ['seed'], flow: 'none', events: [{ kind: 'seed', generator: 'jax' }] };
const aggregate: CallModel = { flow: 'aggregate' };
const same = (value: string): CallModel => ({ parameters: [value], returns: value });
const updates = (model: string, data: string, parameters: readonly string[] = [data]): CallModel => ({
  parameters,
  flow: 'derived',
  events: [{ kind: 'train', style: 'update', model, data }],
});
const saves = (parameters: readonly string[], value: string, target: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'save', format: 'flax', value, target }],
});
const made = 'sgd adam adamw adagrad rmsprop lamb lion adafactor novograd yogi chain inject_hyperparams'.split(' ');
const losses =
  'softmax_cross_entropy softmax_cross_entropy_with_integer_labels sigmoid_binary_cross_entropy l2_loss huber_loss'.split(
    ' ',
  );

/** JAX, Flax, Optax, Haiku, Equinox, Orbax: parameters are values; the update call is the training step. */
export const jax: LibraryModel = {
  library: 'JAX',
  modules: ['jax', 'flax', 'optax', 'haiku', 'equinox', 'orbax', 'objax', 'trax'],
  aliases: { 'jax.scipy.special.expit': 'jax.nn.sigmoid', 'flax.linen.softmax': 'jax.nn.softmax' },
  classes: {
    'flax.training.train_state.TrainState': module,
    'flax.linen.Module': module,
    'flax.nnx.Module': module,
    'equinox.Module': module,
    'flax.nnx.Optimizer': optimizer,
    'optax.GradientTransformation': optimizer,
    'orbax.checkpoint.StandardCheckpointer': {},
    'orbax.checkpoint.PyTreeCheckpointer': {},
    'orbax.checkpoint.CheckpointManager': {},
    'flax.linen.BatchNorm': { bases: ['flax.linen.Module'], roles: ['batch-mixing'] },
    'flax.nnx.BatchNorm': { bases: ['flax.nnx.Module'], roles: ['batch-mixing'] },
    'flax.linen.Dropout': { bases: ['flax.linen.Module'], roles: ['regulariser'] },
  },
  calls: {
    ...Object.fromEntries(['softmax', 'log_softmax', 'sigmoid'].map(name => [`jax.nn.${name}`, scores])),
    ...Object.fromEntries(['mean', 'sum', 'average', 'median', 'std'].map(name => [`jax.numpy.${name}`, aggregate])),
    'jax.numpy.argmax': { flow: 'derived', clears: ['confidence'], adds: ['prediction'] },
    ...Object.fromEntries(['jit', 'pmap', 'checkpoint', 'remat'].map(name => [`jax.${name}`, same('fun')])),
    'jax.value_and_grad': same('fun'),
    'jax.grad': same('fun'),
    'jax.vmap': same('fun'),
    'jax.random.key': seed,
    'jax.random.PRNGKey': seed,
    ...Object.fromEntries(
      ['laplace', 'normal'].map(name => [
        `jax.random.${name}`,
        { flow: 'none', events: [{ kind: 'mark', mark: `noise:${name}` }] } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      made.map(name => [`optax.${name}`, { result: 'optax.GradientTransformation', flow: 'none' } satisfies CallModel]),
    ),
    ...Object.fromEntries(
      losses.map(name => [`optax.${name}`, { flow: 'derived', adds: ['perRecordLoss'] } satisfies CallModel]),
    ),
    'optax.apply_updates': updates('params', 'updates', ['params', 'updates']),
    'equinox.apply_updates': updates('model', 'updates', ['model', 'updates']),
    'flax.training.train_state.TrainState.create': { result: 'flax.training.train_state.TrainState', flow: 'none' },
    'flax.training.train_state.TrainState.apply_gradients': {
      returns: 'receiver',
      events: [{ kind: 'train', style: 'update', model: 'receiver', data: 'grads' }],
    },
    'flax.nnx.Optimizer': {
      parameters: ['model', 'tx'],
      flow: 'none',
      links: [{ of: 'result', name: 'model', value: 'model' }],
    },
    'flax.nnx.Optimizer.update': updates('receiver.model', 'grads'),
    'flax.training.checkpoints.save_checkpoint': saves(['ckpt_dir', 'target'], 'target', 'ckpt_dir'),
    'orbax.checkpoint.PyTreeCheckpointer.save': saves(['directory', 'item'], 'item', 'directory'),
    'orbax.checkpoint.StandardCheckpointer.save': saves(['directory', 'item'], 'item', 'directory'),
    'orbax.checkpoint.CheckpointManager.save': saves(['step', 'items'], 'items|args', 'step'),
    ...Object.fromEntries(
      ['StandardSave', 'PyTreeSave', 'Composite'].map(name => [
        `orbax.checkpoint.args.${name}`,
        { parameters: ['item'], flow: 'same', from: ['arguments'] } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['StandardCheckpointer', 'PyTreeCheckpointer', 'CheckpointManager'].map(name => [
        `orbax.checkpoint.${name}.__enter__`,
        { returns: 'receiver' } satisfies CallModel,
      ]),
    ),
    'orbax.checkpoint.v1.save_pytree': saves(['path', 'pytree'], 'pytree', 'path'),
    'orbax.checkpoint.v1.save_pytree_async': saves(['path', 'pytree'], 'pytree', 'path'),
    'equinox.tree_serialise_leaves': saves(['path_or_file', 'pytree'], 'pytree', 'path_or_file'),
    'flax.serialization.to_bytes': { parameters: ['target'], flow: 'same', from: ['target'] },
    'flax.serialization.msgpack_serialize': { parameters: ['pytree'], flow: 'same', from: ['pytree'] },
  },
};
