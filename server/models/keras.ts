import type { CallModel, ClassModel, LibraryModel } from './schema';

const optimizer: ClassModel = { bases: ['keras.optimizers.Optimizer'], roles: ['optimizer'] };
const toy: CallModel = {
  flow: 'none',
  adds: ['records'],
  results: ['builtins.tuple', 'builtins.tuple'],
  rows: { known: 'api' },
  events: [{ kind: 'load', format: 'toy', people: 'public', name: 'a data set of Keras' }],
};
const toys = 'mnist fashion_mnist cifar10 cifar100 imdb reuters boston_housing california_housing'.split(' ');
const trains = (parameters: readonly string[], data: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [
    {
      kind: 'train',
      style: 'fit',
      model: 'receiver',
      optimizer: 'receiver.optimizer',
      data,
      epochs: 'epochs',
      defaultEpochs: 1,
      regularisation: ['validation_data', 'validation_split', 'callbacks'],
    },
  ],
});
const predicts: CallModel = {
  parameters: ['x'],
  result: 'numpy.ndarray',
  flow: 'derived',
  from: ['x'],
  adds: ['confidence'],
  events: [{ kind: 'predict', input: 'x', model: 'receiver' }],
};
const scores: CallModel = { parameters: ['logits'], flow: 'derived', adds: ['confidence'] };
const reduces: CallModel = { flow: 'aggregate' };
const losses =
  'BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy MeanSquaredError MeanAbsoluteError Huber KLDivergence Poisson'.split(
    ' ',
  );
/** One that says how it is reduced may leave a loss for each example. */
const newLoss: CallModel = {
  flow: 'none',
  variants: [{ when: { argument: 'reduction', given: true }, result: 'keras.ReducedAsTold' }],
};
const regulariser: ClassModel = { bases: ['keras.layers.Layer'], roles: ['regulariser'] };
const images: CallModel = {
  parameters: ['directory'],
  result: 'tensorflow.data.Dataset',
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'images', path: 'directory' }],
};
const flows: CallModel = { ...images, result: 'keras.preprocessing.Iterator' };

/** Keras 2 and 3 and the parts of TensorFlow that training scripts use. */
export const keras: LibraryModel = {
  library: 'Keras',
  modules: [
    'keras',
    'tensorflow',
    'tensorflow_estimator',
    'tf',
    'tensorflow_datasets',
    'tf_keras',
    'tensorflowjs',
    'tensorflow_decision_forests',
  ],
  aliases: {
    'tensorflow.keras': 'keras',
    'tensorflow.python.keras': 'keras',
    'tensorflow.compat.v1.keras': 'keras',
    'tensorflow.compat.v2.keras': 'keras',
    tf_keras: 'keras',
    'tensorflow.compat.v1': 'tensorflow',
    'tensorflow.compat.v2': 'tensorflow',
    'tensorflow.compat.v2.test': 'tensorflow.test',
    'keras.models.Model': 'keras.Model',
    'keras.models.Sequential': 'keras.Model',
    'keras.Sequential': 'keras.Model',
    'keras.engine.training.Model': 'keras.Model',
    'keras.models.load_model': 'keras.saving.load_model',
    'keras.preprocessing.image_dataset_from_directory': 'keras.utils.image_dataset_from_directory',
    'keras.optimizers.legacy': 'keras.optimizers',
    'keras.utils.data_utils.Sequence': 'keras.utils.Sequence',
    'keras.utils.np_utils.to_categorical': 'keras.utils.to_categorical',
    'keras.callbacks.callbacks': 'keras.callbacks',
    'keras.layers.core': 'keras.layers',
    'keras.layers.convolutional': 'keras.layers',
    'keras.layers.normalization': 'keras.layers',
    'keras.layers.pooling': 'keras.layers',
    'tensorflow.python.keras.engine.training.Model': 'keras.Model',
    'keras.layers.experimental.preprocessing': 'keras.layers',
    'tensorflow_estimator.estimator': 'tensorflow.estimator',
    'tensorflow.compat.v1.estimator': 'tensorflow.estimator',
    'tensorflow.train.AdamOptimizer': 'tensorflow.train.Optimizer',
    'tensorflow.train.GradientDescentOptimizer': 'tensorflow.train.Optimizer',
    'tensorflow.train.MomentumOptimizer': 'tensorflow.train.Optimizer',
    'tensorflow.train.RMSPropOptimizer': 'tensorflow.train.Optimizer',
    'tensorflow.train.AdagradOptimizer': 'tensorflow.train.Optimizer',
  },
  classes: {
    'keras.Model': { roles: ['module'] },
    'tensorflow.train.Checkpoint': {},
    'tensorflow.lite.TFLiteConverter': {},
    'tensorflow_decision_forests.keras.*': { bases: ['keras.Model'], roles: ['module'] },
    'keras.applications.*': { bases: ['keras.Model'], roles: ['module'] },
    'keras.optimizers.Optimizer': { roles: ['optimizer'] },
    'keras.optimizers.*': optimizer,
    'keras.losses.*': { roles: ['loss'] },
    'keras.ReducedAsTold': { roles: ['loss'] },
    'keras.layers.Layer': {},
    'keras.layers.*': { bases: ['keras.layers.Layer'] },
    'keras.layers.BatchNormalization': { bases: ['keras.layers.Layer'], roles: ['batch-mixing'] },
    'keras.layers.Dropout': regulariser,
    'keras.callbacks.EarlyStopping': { roles: ['regulariser'] },
    'keras.preprocessing.image.ImageDataGenerator': {},
    'keras.utils.Sequence': { roles: ['data-set', 'loader'] },
    'keras.utils.PyDataset': { roles: ['data-set', 'loader'] },
    'keras.preprocessing.Iterator': { roles: ['loader', 'data-set'] },
    'tensorflow.data.Dataset': { roles: ['data-set', 'loader'] },
    'tensorflow.Tensor': { roles: ['array'] },
    'tensorflow.GradientTape': {},
    'tensorflow.estimator.Estimator': { roles: ['estimator'] },
    'tensorflow.estimator.*': { bases: ['tensorflow.estimator.Estimator'] },
    'tensorflow.train.Optimizer': { bases: ['keras.optimizers.Optimizer'], roles: ['optimizer'] },
  },
  calls: {
    'keras.Model': { parameters: ['inputs', 'outputs'], flow: 'none' },
    'keras.Model.add': { parameters: ['layer'], flow: 'none' },
    'keras.Model.compile': {
      parameters: ['optimizer', 'loss', 'metrics'],
      flow: 'none',
      links: [
        { of: 'receiver', name: 'optimizer', value: 'optimizer' },
        { of: 'receiver', name: 'loss', value: 'loss' },
      ],
      events: [{ kind: 'mark', mark: 'keras:compiled', values: ['loss'] }],
    },
    ...Object.fromEntries(losses.map(name => [`keras.losses.${name}`, newLoss])),
    'keras.Model.fit': trains(['x', 'y', 'batch_size', 'epochs'], ['x']),
    'keras.Model.fit_generator': trains(['generator', 'steps_per_epoch', 'epochs'], ['generator']),
    'keras.Model.train_on_batch': trains(['x', 'y'], ['x']),
    'keras.Model.predict': predicts,
    'keras.Model.predict_on_batch': predicts,
    'keras.Model.predict_generator': { ...predicts, parameters: ['x', 'steps'] },
    'keras.Model.predict_proba': predicts,
    'keras.Model.predict_classes': { ...predicts, adds: ['prediction'] },
    'keras.Model.__call__': predicts,
    'keras.Model.evaluate': {
      flow: 'aggregate',
      events: [{ kind: 'evaluate', metric: 'loss', values: ['arguments'] }],
    },
    'keras.Model.evaluate_generator': reduces,
    'keras.Model.summary': { flow: 'none' },
    'keras.Model.save': {
      parameters: ['filepath'],
      flow: 'none',
      events: [{ kind: 'save', format: 'keras', value: 'receiver', target: 'filepath' }],
    },
    'keras.Model.save_weights': {
      parameters: ['filepath'],
      flow: 'none',
      events: [{ kind: 'save', format: 'keras', value: 'receiver', target: 'filepath' }],
    },
    'keras.Model.export': {
      parameters: ['filepath'],
      flow: 'none',
      events: [{ kind: 'save', format: 'saved-model', value: 'receiver', target: 'filepath' }],
    },
    'keras.Model.load_weights': {
      parameters: ['filepath'],
      flow: 'none',
      events: [{ kind: 'load-model', format: 'keras', target: 'filepath' }],
    },
    ...Object.fromEntries(
      ['keras.saving.save_model', 'keras.models.save_model'].map(name => [
        name,
        {
          parameters: ['model', 'filepath'],
          flow: 'none',
          events: [{ kind: 'save', format: 'keras', value: 'model', target: 'filepath' }],
        } satisfies CallModel,
      ]),
    ),
    'tensorflow.train.Checkpoint': { flow: 'same', from: ['model', 'net', 'network'] },
    ...Object.fromEntries(
      ['save', 'write'].map(name => [
        `tensorflow.train.Checkpoint.${name}`,
        {
          parameters: ['file_prefix'],
          flow: 'none',
          events: [{ kind: 'save', format: 'tf-checkpoint', value: 'receiver', target: 'file_prefix' }],
        } satisfies CallModel,
      ]),
    ),
    'tensorflow.lite.TFLiteConverter.from_keras_model': {
      parameters: ['model'],
      result: 'tensorflow.lite.TFLiteConverter',
      flow: 'same',
      from: ['model'],
    },
    'tensorflow.lite.TFLiteConverter.convert': { flow: 'same', from: ['receiver'] },
    // The folder of a page: whoever opens it has the weights.
    'tensorflowjs.converters.save_keras_model': {
      parameters: ['model', 'artifacts_dir'],
      flow: 'none',
      events: [{ kind: 'save', format: 'tfjs', value: 'model', target: 'artifacts_dir' }],
    },
    'keras.saving.load_model': {
      parameters: ['filepath'],
      result: 'keras.Model',
      flow: 'none',
      events: [{ kind: 'load-model', format: 'keras', target: 'filepath' }],
    },
    'keras.models.model_from_json': { result: 'keras.Model', flow: 'none' },
    'keras.models.clone_model': { result: 'keras.Model', flow: 'none' },
    'tensorflow.saved_model.save': {
      parameters: ['obj', 'export_dir'],
      flow: 'none',
      events: [{ kind: 'save', format: 'saved-model', value: 'obj', target: 'export_dir' }],
    },
    'tensorflow.saved_model.load': {
      parameters: ['export_dir'],
      result: 'keras.Model',
      flow: 'none',
      events: [{ kind: 'load-model', format: 'saved-model', target: 'export_dir' }],
    },
    'keras.layers.BatchNormalization': { flow: 'none', events: [{ kind: 'mark', mark: 'layer:batch-norm' }] },
    'tensorflow.estimator.Estimator': { parameters: ['model_fn', 'model_dir'], flow: 'none' },
    'tensorflow.estimator.Estimator.train': {
      parameters: ['input_fn', 'steps'],
      returns: 'receiver',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'input_fn' }],
    },
    'tensorflow.estimator.Estimator.evaluate': reduces,
    'tensorflow.estimator.Estimator.predict': { ...predicts, parameters: ['x'] },
    'keras.optimizers.Optimizer.apply_gradients': {
      parameters: ['grads_and_vars'],
      result: 'tensorflow.TrainOperation',
      flow: 'none',
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver' }],
    },
    'keras.optimizers.Optimizer.apply': {
      parameters: ['grads', 'trainable_variables'],
      flow: 'none',
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver' }],
    },
    // Without state of its own it gives the new variables back, as JAX wants it.
    'keras.optimizers.Optimizer.stateless_apply': {
      parameters: ['optimizer_variables', 'grads', 'trainable_variables'],
      flow: 'derived',
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver' }],
    },
    'keras.optimizers.Optimizer.minimize': {
      parameters: ['loss', 'var_list'],
      result: 'tensorflow.TrainOperation',
      flow: 'derived',
      from: ['loss'],
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver', data: 'loss' }],
    },
    ...Object.fromEntries(toys.map(name => [`keras.datasets.${name}.load_data`, toy])),
    'tensorflow_datasets.load': {
      parameters: ['name'],
      result: 'tensorflow.data.Dataset',
      flow: 'none',
      adds: ['records'],
      rows: { known: 'name' },
      events: [{ kind: 'load', format: 'tfds', path: 'name' }],
    },
    'tensorflow.data.Dataset.from_tensor_slices': {
      parameters: ['tensors'],
      result: 'tensorflow.data.Dataset',
      flow: 'same',
      from: ['tensors'],
      rows: { of: 'tensors' },
    },
    'tensorflow.data.Dataset.list_files': images,
    ...Object.fromEntries(
      ['shuffle', 'repeat', 'prefetch', 'cache', 'take', 'skip', 'map', 'filter', 'unbatch', 'as_numpy_iterator'].map(
        name => [
          `tensorflow.data.Dataset.${name}`,
          { result: 'tensorflow.data.Dataset', flow: 'same', from: ['receiver'] } satisfies CallModel,
        ],
      ),
    ),
    'tensorflow.data.Dataset.batch': {
      parameters: ['batch_size'],
      result: 'tensorflow.data.Dataset',
      flow: 'same',
      from: ['receiver'],
      rows: { of: 'receiver', batch: 'batch_size' },
    },
    'keras.utils.image_dataset_from_directory': images,
    'keras.preprocessing.image.ImageDataGenerator.flow_from_directory': flows,
    'keras.preprocessing.image.ImageDataGenerator.flow_from_dataframe': {
      ...flows,
      parameters: ['dataframe', 'directory'],
      from: ['dataframe'],
    },
    'keras.preprocessing.image.ImageDataGenerator.flow': {
      parameters: ['x', 'y'],
      result: 'keras.preprocessing.Iterator',
      flow: 'same',
      from: ['x'],
    },
    'keras.preprocessing.image.load_img': {
      parameters: ['path'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'image', path: 'path' }],
    },
    'keras.preprocessing.image.img_to_array': {
      parameters: ['img'],
      result: 'numpy.ndarray',
      flow: 'same',
      from: ['img'],
    },
    'keras.utils.to_categorical': { parameters: ['y'], result: 'numpy.ndarray', flow: 'derived' },
    'tensorflow.nn.softmax': scores,
    'tensorflow.nn.log_softmax': scores,
    'tensorflow.nn.sigmoid': scores,
    'tensorflow.sigmoid': scores,
    'keras.activations.softmax': scores,
    'tensorflow.reduce_mean': reduces,
    'tensorflow.reduce_sum': reduces,
    'tensorflow.math.reduce_mean': reduces,
    'tensorflow.argmax': { parameters: ['input'], flow: 'derived', clears: ['confidence'], adds: ['prediction'] },
    'tensorflow.math.argmax': { parameters: ['input'], flow: 'derived', clears: ['confidence'], adds: ['prediction'] },
    'tensorflow.random.set_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'tensorflow' }] },
    'tensorflow.set_random_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'tensorflow' }] },
    'keras.utils.set_random_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'tensorflow' }] },
    'tensorflow.summary.scalar': {
      parameters: ['name', 'data'],
      flow: 'none',
      events: [{ kind: 'log', sink: 'tracker', values: ['data'] }],
    },
    ...Object.fromEntries(
      ['histogram', 'image', 'text', 'audio', 'write'].map(name => [
        `tensorflow.summary.${name}`,
        {
          parameters: ['name', 'data'],
          flow: 'none',
          events: [{ kind: 'log', sink: 'tracker', values: ['data'] }],
        } satisfies CallModel,
      ]),
    ),
    'tensorflow.print': { flow: 'none', events: [{ kind: 'log', sink: 'print', values: ['arguments'] }] },
  },
};
