import assert from 'node:assert/strict';
import type * as tfjs from '@tensorflow/tfjs';
import { runtimeAssets } from '../../../server/workspace/assets';
import { kerasModel } from '../../runtime/keras/model';
import type { LayerWeight } from '../../runtime/keras/weights';
import { startTfjs } from '../../runtime/tfjs';
import { uniformStream } from '../../statistics/random';
import { kerasNetwork } from './keras-network';
import { completeKernels } from './kernels';
import { kerasOptimizers, type LossName, plainLoss, plainRecipe, type TrainingRecipe } from './recipe';
import { trainModel } from './train-model';
import { startValues } from './trainable';

const recipe: TrainingRecipe = {
  ...plainRecipe('keras', { ...kerasOptimizers.adam, learningRate: 0.01 }, 'cross-entropy'),
  epochs: 30,
};

type Described = readonly [kind: string, config: object, shapes: Readonly<Record<string, readonly number[]>>];

/** A Sequential model as `to_json` writes it, and its weights by name. */
function model(...layers: readonly Described[]) {
  const named = layers.map(([kind, config, shapes], at) => ({ kind, config: { ...config, name: `l${at}` }, shapes }));
  return kerasModel(
    {
      class_name: 'Sequential',
      config: { layers: named.map(({ kind, config }) => ({ class_name: kind, config })) },
    },
    path =>
      Object.entries(named.find(({ config }) => config.name === path[0]!.name)?.shapes ?? {}).map(
        ([name, shape]): LayerWeight => ({ path: name, shape, values: async () => new Float32Array(0) }),
      ),
  );
}

const dense = (into: number, out: number, more: object = {}): Described => [
  'Dense',
  { units: out, activation: 'linear', ...more },
  { kernel: [into, out], bias: [out] },
];
const norm = (size: number): Described => [
  'BatchNormalization',
  {},
  { gamma: [size], beta: [size], moving_mean: [size], moving_variance: [size] },
];

describe('Keras models in the embedded engine', () => {
  let tf: typeof tfjs;
  before(async () => {
    tf = await startTfjs(runtimeAssets(__dirname));
    completeKernels(tf);
  });

  const random = uniformStream(11);
  const rows = 256;
  const features = Float32Array.from({ length: rows * 4 }, () => 2 * random() - 1);
  const classes = Int32Array.from({ length: rows }, (_, row) =>
    features[4 * row]! + features[4 * row + 1]! > 0 ? 1 : 0,
  );
  const data = {
    features,
    rows,
    shape: [4],
    targets: { classes, values: null, width: 1 },
    members: new Uint8Array(rows).fill(1),
    eligible: new Uint8Array(rows).fill(1),
  };
  const accuracy = (outputs: Float32Array, width: number): number => {
    let right = 0;
    for (let row = 0; row < rows; row++) {
      const own = width === 1 ? outputs[row]! : outputs[2 * row + 1]! - outputs[2 * row]!;
      if (own > 0 === (classes[row] === 1)) right++;
    }
    return right / rows;
  };

  it('learn with dropout, batch statistics and a penalty, and give numbers before the closing activation', async () => {
    const built = model(
      dense(4, 16, { activation: 'relu', kernel_regularizer: { class_name: 'L2', config: { l2: 1e-4 } } }),
      norm(16),
      ['Dropout', { rate: 0.2 }, { 'seed_generator/vars/0': [2] }],
      dense(16, 2, { activation: 'softmax' }),
    );
    const network = kerasNetwork(built, 'cross-entropy');
    assert.deepEqual(
      network.weights.map(({ trained, penalty }) => [trained, penalty]),
      [
        [true, 1e-4],
        [true, 0],
        [true, 0],
        [true, 0],
        [false, 0],
        [false, 0],
        [false, 0],
        [true, 0],
        [true, 0],
      ],
    );
    const before = tf.memory().numTensors;
    const { outputs, width } = await trainModel(tf, network, data, recipe, { seed: 1 });
    assert.equal(tf.memory().numTensors, before);
    assert.ok(accuracy(outputs, width) > 0.9, `${accuracy(outputs, width)}`);
    assert.ok(
      outputs.some(value => Math.abs(value) > 1.5),
      'no probabilities',
    );
  });

  it('learn one sigmoid', async () => {
    const network = kerasNetwork(
      model(dense(4, 8, { activation: 'tanh' }), dense(8, 1, { activation: 'sigmoid' })),
      'binary-cross-entropy',
    );
    const { outputs, width } = await trainModel(
      tf,
      network,
      data,
      { ...recipe, loss: plainLoss('binary-cross-entropy') },
      { seed: 2 },
    );
    assert.equal(width, 1);
    assert.ok(accuracy(outputs, width) > 0.95);
  });

  it('keep weights small where a penalty is large', async () => {
    const size = async (l2: number): Promise<number> => {
      const kernel_regularizer = { class_name: 'L2', config: { l2 } };
      const network = kerasNetwork(model(dense(4, 2, { activation: 'softmax', kernel_regularizer })), 'cross-entropy');
      const { outputs } = await trainModel(tf, network, data, recipe, { seed: 3 });
      return outputs.reduce((sum, value) => sum + Math.abs(value), 0) / outputs.length;
    };
    assert.ok((await size(1)) < 0.2 * (await size(0)));
  });

  it('learn from sequences and images', async () => {
    const sequence = kerasNetwork(
      model(
        ['Reshape', { target_shape: [4, 1] }, {}],
        ['LSTM', { units: 6 }, { kernel: [1, 24], recurrent_kernel: [6, 24], bias: [24] }],
        dense(6, 2, { activation: 'softmax' }),
      ),
      'cross-entropy',
    );
    const image = kerasNetwork(
      model(
        ['Reshape', { target_shape: [2, 2, 1] }, {}],
        ['Conv2D', { activation: 'relu', padding: 'same' }, { kernel: [2, 2, 1, 8], bias: [8] }],
        ['Flatten', {}, {}],
        dense(32, 2, { activation: 'softmax' }),
      ),
      'cross-entropy',
    );
    for (const network of [sequence, image]) {
      const { outputs, width } = await trainModel(tf, network, data, { ...recipe, epochs: 40 }, { seed: 4 });
      assert.ok(accuracy(outputs, width) > 0.9, `${accuracy(outputs, width)}`);
    }
  });

  it('start as Keras starts them', () => {
    const { weights } = kerasNetwork(
      model(
        ['LSTM', { units: 5 }, { kernel: [3, 20], recurrent_kernel: [5, 20], bias: [20] }],
        dense(5, 2, { kernel_initializer: { class_name: 'HeNormal', config: {} } }),
        ['Embedding', {}, { embeddings: [10, 4] }],
      ),
      'squared-error',
    );
    const draw = uniformStream(5);
    const [kernel, recurrent, bias, he, , embeddings] = weights.map(weight => startValues(weight, draw));
    // Glorot and Bengio 2010: √(6 / (3 + 20)).
    const bound = Math.sqrt(6 / 23);
    assert.ok(kernel!.every(value => Math.abs(value) <= bound) && Math.max(...kernel!) > 0.8 * bound);
    for (let a = 0; a < 5; a++)
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let at = 0; at < 20; at++) product += recurrent![20 * a + at]! * recurrent![20 * b + at]!;
        assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-5, `rows ${a} and ${b}`);
      }
    assert.deepEqual([...bias!], [...Array(5).fill(0), ...Array(5).fill(1), ...Array(10).fill(0)]);
    assert.deepEqual(weights[3]!.initial, { kind: 'normal', mean: 0, deviation: Math.sqrt(2 / 5) });
    assert.equal(he!.length, 10);
    assert.ok(embeddings!.every(value => Math.abs(value) <= 0.05));
  });

  it('are refused with the layer that stops them', () => {
    const refused = (loss: LossName, why: RegExp, ...layers: readonly Described[]): void => {
      assert.throws(() => kerasNetwork(model(...layers), loss), why);
    };
    refused('cross-entropy', /"l0" is AlphaDropout/, ['AlphaDropout', { rate: 0.1 }, {}], dense(4, 2));
    refused(
      'cross-entropy',
      /ends with sigmoid and is trained with cross-entropy/,
      dense(4, 2, { activation: 'sigmoid' }),
    );
    refused('cross-entropy', /drops inside its recurrence/, ['GRU', { dropout: 0.2 }, {}], dense(4, 2));
    refused(
      'cross-entropy',
      /penalty that is not L2/,
      dense(4, 2, { kernel_regularizer: { class_name: 'L1', config: { l1: 1 } } }),
    );
    refused('cross-entropy', /starts its kernel by Mine/, dense(4, 2, { kernel_initializer: 'Mine' }));
    refused('cross-entropy', /is frozen/, dense(4, 4, { trainable: false }), dense(4, 2));
  });
});
