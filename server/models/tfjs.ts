import type { CallModel, LibraryModel } from './schema';

const tf = '@tensorflow/tfjs';
const fits = (parameters: readonly string[], data: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [
    {
      kind: 'train',
      style: 'fit',
      model: 'receiver',
      optimizer: 'receiver.optimizer',
      data,
      epochs: 'args.epochs',
      defaultEpochs: 1,
      regularisation: ['args.validationData', 'args.validationSplit', 'args.callbacks'],
    },
  ],
});
const predict: CallModel = {
  parameters: ['x'],
  result: `${tf}.Tensor`,
  flow: 'derived',
  from: ['x'],
  adds: ['confidence'],
  events: [{ kind: 'predict', input: 'x', model: 'receiver' }],
};
/** Loaded by a page, the whole model is in the hands of every visitor; a server that loads it keeps it. */
const loads = (result: string): CallModel => ({
  parameters: ['path'],
  result,
  flow: 'none',
  events: [
    { kind: 'load-model', format: 'tfjs', target: 'path' },
    { kind: 'send', to: 'browser', what: 'model', values: ['path'] },
  ],
});
const keeps: CallModel = { flow: 'derived', from: ['receiver'] };
const tensor: CallModel = { result: `${tf}.Tensor`, flow: 'derived' };
const same: CallModel = { result: `${tf}.Tensor`, flow: 'same', from: ['receiver'] };
const label: CallModel = { ...tensor, clears: ['confidence'], adds: ['prediction'] };
const optimizers = 'sgd adam adamax rmsprop momentum adagrad adadelta'.split(' ');
const layers = 'sequential model'.split(' ');

/** TensorFlow.js under its package names for browser and Node. */
export const tfjs: LibraryModel = {
  library: 'TensorFlow.js',
  modules: [
    tf,
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs-node-gpu',
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-layers',
    '@tensorflow/tfjs-converter',
    '@tensorflow/tfjs-react-native',
    'tf',
    'builtins',
  ],
  aliases: {
    '@tensorflow/tfjs-node': tf,
    '@tensorflow/tfjs-node-gpu': tf,
    '@tensorflow/tfjs-core': tf,
    '@tensorflow/tfjs-layers': tf,
    '@tensorflow/tfjs-converter': tf,
    tf,
    // A page that loads the library by a script tag has it as a global.
    'builtins.tf': tf,
    [`${tf}.Sequential`]: `${tf}.LayersModel`,
    [`${tf}.io.loadLayersModel`]: `${tf}.loadLayersModel`,
    [`${tf}.loadModel`]: `${tf}.loadLayersModel`,
  },
  classes: {
    [`${tf}.LayersModel`]: { roles: ['module'] },
    [`${tf}.GraphModel`]: { bases: [`${tf}.LayersModel`], roles: ['module'] },
    [`${tf}.Tensor`]: { roles: ['array'] },
    [`${tf}.data.Dataset`]: { roles: ['data-set'] },
    [`${tf}.Optimizer`]: { roles: ['optimizer'] },
  },
  calls: {
    ...Object.fromEntries(
      layers.map(name => [`${tf}.${name}`, { result: `${tf}.LayersModel`, flow: 'none' } satisfies CallModel]),
    ),
    [`${tf}.loadLayersModel`]: loads(`${tf}.LayersModel`),
    [`${tf}.loadGraphModel`]: loads(`${tf}.GraphModel`),
    [`${tf}.node.loadSavedModel`]: {
      parameters: ['path'],
      result: `${tf}.GraphModel`,
      flow: 'none',
      events: [{ kind: 'load-model', format: 'saved-model', target: 'path' }],
    },
    [`${tf}.LayersModel.compile`]: {
      parameters: ['args'],
      flow: 'none',
      links: [{ of: 'receiver', name: 'optimizer', value: 'args.optimizer' }],
    },
    [`${tf}.LayersModel.fit`]: fits(['x', 'y', 'args'], ['x', 'y']),
    [`${tf}.LayersModel.trainOnBatch`]: fits(['x', 'y'], ['x', 'y']),
    [`${tf}.LayersModel.fitDataset`]: fits(['dataset', 'args'], ['dataset']),
    [`${tf}.LayersModel.evaluate`]: { flow: 'aggregate' },
    [`${tf}.LayersModel.summary`]: { flow: 'none' },
    [`${tf}.LayersModel.predict`]: predict,
    [`${tf}.LayersModel.predictOnBatch`]: predict,
    [`${tf}.GraphModel.execute`]: predict,
    [`${tf}.GraphModel.executeAsync`]: predict,
    [`${tf}.LayersModel.save`]: {
      parameters: ['handler'],
      flow: 'none',
      events: [{ kind: 'save', format: 'tfjs', value: 'receiver', target: 'handler' }],
    },
    [`${tf}.Optimizer.minimize`]: {
      parameters: ['f'],
      flow: 'none',
      callbacks: [{ function: 'f' }],
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver', data: 'f' }],
    },
    [`${tf}.Optimizer.applyGradients`]: {
      parameters: ['gradients'],
      flow: 'none',
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver', data: 'gradients' }],
    },
    ...Object.fromEntries(
      optimizers.map(name => [`${tf}.train.${name}`, { result: `${tf}.Optimizer`, flow: 'none' } satisfies CallModel]),
    ),
    [`${tf}.softmax`]: { ...tensor, adds: ['confidence'] },
    [`${tf}.sigmoid`]: { ...tensor, adds: ['confidence'] },
    [`${tf}.Tensor.softmax`]: { ...tensor, adds: ['confidence'] },
    [`${tf}.mean`]: { ...tensor, flow: 'aggregate' },
    [`${tf}.argMax`]: label,
    [`${tf}.Tensor.argMax`]: label,
    [`${tf}.Tensor.mean`]: { ...tensor, flow: 'aggregate' },
    ...Object.fromEntries(
      ['data', 'dataSync', 'array', 'arraySync', 'buffer'].map(name => [`${tf}.Tensor.${name}`, keeps]),
    ),
    ...Object.fromEntries(
      'expandDims squeeze reshape toFloat cast div sub add mul resizeNearestNeighbor resizeBilinear reverse flatten slice as1D'
        .split(' ')
        .map(name => [`${tf}.Tensor.${name}`, same]),
    ),
    ...Object.fromEntries(
      'tensor tensor1d tensor2d tensor3d tensor4d stack concat cast expandDims'
        .split(' ')
        .map(name => [`${tf}.${name}`, { result: `${tf}.Tensor`, flow: 'same' } satisfies CallModel]),
    ),
    ...Object.fromEntries(
      ['resizeBilinear', 'resizeNearestNeighbor', 'cropAndResize', 'flipLeftRight', 'grayscaleToRGB'].map(name => [
        `${tf}.image.${name}`,
        { result: `${tf}.Tensor`, flow: 'same' } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['decodeImage', 'decodeJpeg', 'decodePng', 'decodeBmp'].map(name => [
        `${tf}.node.${name}`,
        {
          parameters: ['contents'],
          result: `${tf}.Tensor`,
          flow: 'same',
          adds: ['records'],
          events: [{ kind: 'load', format: 'request' }],
        } satisfies CallModel,
      ]),
    ),
    [`${tf}.browser.fromPixels`]: {
      parameters: ['pixels'],
      result: `${tf}.Tensor`,
      flow: 'same',
      adds: ['records'],
      events: [{ kind: 'load', format: 'request' }],
    },
    [`${tf}.data.csv`]: {
      parameters: ['source'],
      result: `${tf}.data.Dataset`,
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'source' }],
    },
    [`${tf}.tidy`]: { parameters: ['fn'], flow: 'derived', callbacks: [{ function: 'fn' }] },
  },
};

const session = 'onnxruntime.InferenceSession';
/** Other models in JavaScript: ONNX Runtime, brain.js, ml5. */
export const javascriptModels: LibraryModel = {
  library: 'ONNX Runtime, brain.js and ml5',
  modules: ['onnxruntime', 'onnxruntime-web', 'onnxruntime-node', 'brain.js', 'brain', 'ml5', 'ort', 'builtins'],
  aliases: {
    'onnxruntime-web': 'onnxruntime',
    'onnxruntime-node': 'onnxruntime',
    'builtins.ort': 'onnxruntime',
    'builtins.ml5': 'ml5',
    'builtins.brain': 'brain',
  },
  classes: {
    [session]: { roles: ['module'] },
    'brain.NeuralNetwork': { roles: ['estimator'] },
    'ml5.Network': { roles: ['estimator'] },
  },
  calls: {
    // In Python the class is called, in JavaScript its factory.
    [session]: { parameters: ['path'], flow: 'none', events: [{ kind: 'load-model', format: 'onnx', target: 'path' }] },
    [`${session}.create`]: loads(session),
    [`${session}.run`]: {
      flow: 'derived',
      from: ['arguments'],
      adds: ['confidence'],
      events: [{ kind: 'predict', model: 'receiver' }],
    },
    'brain.NeuralNetwork.train': {
      parameters: ['data'],
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'data' }],
    },
    'brain.NeuralNetwork.run': { parameters: ['input'], flow: 'derived', adds: ['confidence'] },
    'ml5.neuralNetwork': { result: 'ml5.Network', flow: 'none' },
    'ml5.Network.train': { flow: 'none', events: [{ kind: 'train', style: 'fit', model: 'receiver' }] },
    'ml5.Network.classify': { parameters: ['input'], flow: 'derived', adds: ['confidence'] },
  },
};
