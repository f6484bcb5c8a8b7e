import type { LibraryModel } from './schema';

/** JAX, Flax and Optax: parameters are values; the update call is the training step. */
export const jax: LibraryModel = {
  library: 'JAX',
  modules: ['jax', 'flax', 'optax'],
  classes: {
    'flax.training.train_state.TrainState': { roles: ['module'] },
    'flax.linen.Module': { roles: ['module'] },
    'flax.nnx.Optimizer': { roles: ['optimizer'] },
    'flax.linen.BatchNorm': { bases: ['flax.linen.Module'], roles: ['batch-mixing'] },
  },
  calls: {
    'jax.nn.softmax': { parameters: ['x'], flow: 'derived', adds: ['confidence'] },
    'jax.nn.log_softmax': { parameters: ['x'], flow: 'derived', adds: ['confidence'] },
    'jax.nn.sigmoid': { parameters: ['x'], flow: 'derived', adds: ['confidence'] },
    'jax.numpy.mean': { flow: 'aggregate' },
    'jax.numpy.sum': { flow: 'aggregate' },
    'jax.numpy.argmax': { flow: 'derived', clears: ['confidence'], adds: ['prediction'] },
    'jax.random.key': { flow: 'none', events: [{ kind: 'seed', generator: 'jax' }] },
    'jax.random.PRNGKey': { flow: 'none', events: [{ kind: 'seed', generator: 'jax' }] },
    'optax.apply_updates': {
      parameters: ['params', 'updates'],
      flow: 'derived',
      events: [{ kind: 'train', style: 'update', model: 'params', data: 'updates' }],
    },
    'flax.training.train_state.TrainState.apply_gradients': {
      returns: 'receiver',
      events: [{ kind: 'train', style: 'update', model: 'receiver', data: 'grads' }],
    },
    'flax.nnx.Optimizer.update': {
      parameters: ['grads'],
      flow: 'none',
      events: [{ kind: 'train', style: 'update', model: 'receiver.model', data: 'grads' }],
    },
    'flax.training.checkpoints.save_checkpoint': {
      parameters: ['ckpt_dir', 'target'],
      flow: 'none',
      events: [{ kind: 'save', format: 'flax', value: 'target', target: 'ckpt_dir' }],
    },
  },
};
