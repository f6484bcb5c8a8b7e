import assert from 'node:assert/strict';
import type * as tfjs from '@tensorflow/tfjs';
import { runtimeAssets } from '../../../server/workspace/assets';
import { startTfjs } from '../../runtime/tfjs';
import { uniformStream } from '../../statistics/random';
import { denseChain } from './dense';
import { dense } from './dense-op';
import { completeKernels } from './kernels';
import { updateRule } from './optimizers';
import {
  kerasOptimizers,
  type OptimizerRecipe,
  plainLoss,
  plainRecipe,
  type TrainingRecipe,
  torchOptimizers,
} from './recipe';
import { trainModel } from './train-model';
import { startValues } from './trainable';

const recipe: TrainingRecipe = { ...plainRecipe('torch', torchOptimizers.adam, 'cross-entropy'), epochs: 30 };

describe('the embedded engine', () => {
  let tf: typeof tfjs;
  before(async () => {
    tf = await startTfjs(runtimeAssets(__dirname));
    completeKernels(tf);
  });

  /** The same gradients by the cpu backend, whose kernels are plain loops, and by ours. */
  const agree = async (name: string, shapes: number[][], f: (...x: tfjs.Tensor[]) => tfjs.Tensor): Promise<void> => {
    const random = uniformStream(7);
    const values = shapes.map(shape =>
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1),
    );
    const by = async (backend: string): Promise<Float32Array[]> => {
      await tf.setBackend(backend);
      const out: Float32Array[] = [];
      tf.tidy(() => {
        const inputs = values.map((value, i) => tf.tensor(value, shapes[i]!));
        const weighted = (...x: tfjs.Tensor[]): tfjs.Scalar => {
          const y = f(...x);
          // Uneven weights, so that a gradient in the wrong place is seen.
          const w = tf.reshape(tf.sin(tf.range(0, y.size)), y.shape);
          return tf.sum(tf.mul(y, w));
        };
        for (const gradient of tf.grads(weighted)(inputs)) out.push(gradient.dataSync() as Float32Array);
      });
      return out;
    };
    const [expected, got] = [await by('cpu'), await by('wasm')];
    for (const [i, gradient] of expected.entries())
      for (const [at, value] of gradient.entries())
        assert.ok(Math.abs(value - got[i]![at]!) < 1e-4 * Math.max(1, Math.abs(value)), `${name}, input ${i} at ${at}`);
  };
  type T4 = tfjs.Tensor4D;

  it('has the gradients of convolutions that the backend lacks', async () => {
    for (const pad of ['valid', 'same'] as const)
      for (const stride of [1, 2])
        await agree(
          `conv ${pad} ${stride}`,
          [
            [2, 7, 6, 3],
            [3, 2, 3, 4],
          ],
          (x, w) => tf.conv2d(x as T4, w as T4, stride, pad),
        );
    await agree(
      'conv padded by number',
      [
        [1, 5, 5, 2],
        [3, 3, 2, 3],
      ],
      (x, w) => tf.conv2d(x as T4, w as T4, 1, 1, 'NHWC', 1, 'floor'),
    );
    for (const stride of [1, 2])
      await agree(
        `depthwise ${stride}`,
        [
          [2, 6, 7, 3],
          [3, 3, 3, 2],
        ],
        (x, w) => tf.depthwiseConv2d(x as T4, w as T4, stride, 'same'),
      );
  }).timeout(20_000);

  it('has the gradients of turned products, lookups, pools and dense layers', async () => {
    await agree(
      'matMul ᵀ·',
      [
        [5, 3],
        [5, 4],
      ],
      (a, b) => tf.matMul(a as tfjs.Tensor2D, b as tfjs.Tensor2D, true, false),
    );
    await agree(
      'matMul ·ᵀ',
      [
        [3, 5],
        [4, 5],
      ],
      (a, b) => tf.matMul(a as tfjs.Tensor2D, b as tfjs.Tensor2D, false, true),
    );
    await agree(
      'batched',
      [
        [2, 3, 5],
        [2, 4, 5],
      ],
      (a, b) => tf.matMul(a as tfjs.Tensor3D, b as tfjs.Tensor3D, false, true),
    );
    await agree('gather', [[6, 3]], x => tf.gather(x, tf.tensor1d([4, 0, 4, 2], 'int32')));
    await agree('max pool', [[1, 6, 6, 2]], x => tf.maxPool(x as T4, 2, 2, 'valid'));
    await agree('average pool', [[1, 6, 6, 2]], x => tf.avgPool(x as T4, 2, 2, 'valid'));
    for (const activation of ['relu', 'linear'] as const)
      await agree(`dense ${activation}`, [[4, 3], [3, 5], [5]], (x, w, b) =>
        dense(tf, x as tfjs.Tensor2D, w as tfjs.Tensor2D, b as tfjs.Tensor1D, activation),
      );
  }).timeout(20_000);

  it('learns what is learnable, scores all rows that take part and leaves nothing behind', async () => {
    await tf.setBackend('wasm');
    const random = uniformStream(3);
    const rows = 400;
    const features = Float32Array.from({ length: rows * 4 }, () => 2 * random() - 1);
    const classes = Int32Array.from({ length: rows }, (_, row) =>
      features[4 * row]! * features[4 * row + 1]! > 0 ? 1 : 0,
    );
    const members = Uint8Array.from({ length: rows }, (_, row) => (row % 2 === 0 && row < 390 ? 1 : 0));
    const eligible = Uint8Array.from({ length: rows }, (_, row) => (row < 390 ? 1 : 0));
    const data = { features, rows, shape: [4], targets: { classes, values: null, width: 2 }, members, eligible };
    const before = tf.memory().numTensors;
    const train = () =>
      trainModel(
        tf,
        denseChain([4, 32, 2]),
        data,
        { ...recipe, optimizer: { ...torchOptimizers.adam, learningRate: 0.01 } },
        { seed: 1 },
      );
    const { outputs, width } = await train();
    assert.equal(tf.memory().numTensors, before);
    assert.equal(width, 2);
    let right = 0;
    for (let row = 0; row < 390; row++)
      if ((outputs[2 * row + 1]! > outputs[2 * row]! ? 1 : 0) === classes[row]) right++;
    assert.ok(right > 350, `${right} of 390`);
    assert.ok(Number.isNaN(outputs[2 * 395]!));
    assert.deepEqual((await train()).outputs, outputs, 'the same seed gives the same model');
  }).timeout(20_000);

  it('stops early on rows held out, and goes back to the best weights', async () => {
    await tf.setBackend('wasm');
    const random = uniformStream(5);
    const features = Float32Array.from({ length: 400 }, () => 2 * random() - 1);
    // Labels that nothing tells: what is learned is worse on other rows, epoch by epoch.
    const classes = Int32Array.from({ length: 100 }, () => (random() < 0.5 ? 0 : 1));
    const one = new Uint8Array(100).fill(1);
    const data = {
      features,
      rows: 100,
      shape: [4],
      targets: { classes, values: null, width: 2 },
      members: one,
      eligible: one,
    };
    const epochs = async (restoreBest: boolean, patience: number) => {
      let seen = 0;
      const stopping = {
        monitor: 'val_loss',
        patience,
        minDelta: 0,
        baseline: null,
        restoreBest,
        startFrom: 0,
      } as const;
      const given = {
        ...recipe,
        epochs: 200,
        optimizer: { ...torchOptimizers.adam, learningRate: 0.02 },
        stopping,
        validation: { kind: 'share', share: 0.4 } as const,
      };
      const { outputs } = await trainModel(tf, denseChain([4, 64, 2]), data, given, {
        seed: 3,
        progress: () => seen++,
      });
      return { seen, outputs };
    };
    const [soon, late, back] = [await epochs(false, 2), await epochs(false, 20), await epochs(true, 20)];
    assert.ok(soon.seen < late.seen && late.seen < 200, `${soon.seen}, ${late.seen}`);
    assert.equal(back.seen, late.seen);
    const size = (outputs: Float32Array): number => outputs.reduce((sum, each) => sum + Math.abs(each), 0);
    assert.ok(size(back.outputs) < 0.8 * size(late.outputs), 'the best epoch is surer of less');
  }).timeout(30_000);

  it('says that a training diverged', async () => {
    const features = Float32Array.from({ length: 80 }, (_, i) => Math.sin(i) * 100);
    const one = new Uint8Array(40).fill(1);
    const data = {
      features,
      rows: 40,
      shape: [2],
      targets: { classes: null, values: Float32Array.from({ length: 40 }, (_, i) => i), width: 1 },
      members: one,
      eligible: one,
    };
    const wild = {
      ...recipe,
      loss: plainLoss('squared-error'),
      optimizer: { ...torchOptimizers.sgd, learningRate: 100 },
    };
    await assert.rejects(trainModel(tf, denseChain([2, 8, 1]), data, wild, { seed: 1 }), /diverged/);
  });

  it('moves weights as PyTorch 2.15 does', () => {
    // w = [1, −2, 0.5]; three steps with gradients 0.1·w + [0.3, −0.2, 0.05], computed by torch.optim.
    const after = (optimizer: OptimizerRecipe): number[] => {
      const w = Float32Array.of(1, -2, 0.5);
      const rule = updateRule(optimizer, 3);
      for (let step = 1; step <= 3; step++) {
        const g = Float32Array.from(w, (value, i) => 0.1 * value + [0.3, -0.2, 0.05][i]!);
        rule(w, g, { step, rate: optimizer.learningRate, momentum: null });
      }
      return Array.from(w);
    };
    for (const [name, optimizer, expected] of torchCases)
      for (const [i, value] of after(optimizer).entries())
        assert.ok(Math.abs(value - expected[i]!) < 2e-6, `${name}: ${value} / ${expected[i]}`);
    assert.equal(kerasOptimizers.adam.epsilon, 1e-7);
  });

  it('draws weights in the bounds of the layer', () => {
    const values = startValues(
      { name: 'w', shape: [1000], initial: { kind: 'uniform', bound: 0.25 }, trained: true },
      uniformStream(1),
    );
    assert.ok(values.every(value => Math.abs(value) <= 0.25));
    const mean = values.reduce((sum, each) => sum + each, 0) / 1000;
    // Standard error of the mean of U(−¼, ¼) over 1000: 0.0046.
    assert.ok(Math.abs(mean) < 0.02, String(mean));
  });
});

const torchCases: readonly (readonly [string, OptimizerRecipe, readonly number[]])[] = [
  ['sgd', { ...torchOptimizers.sgd, learningRate: 0.1 }, [0.88119596, -1.881196, 0.47029901]],
  [
    'sgd with Nesterov momentum and decay',
    { ...torchOptimizers.sgd, learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
    [0.67622954, -1.6683326, 0.41708314],
  ],
  ['adam', { ...torchOptimizers.adam, learningRate: 0.05 }, [0.85006398, -1.850064, 0.3503117]],
  [
    'adam with decay',
    { ...torchOptimizers.adam, learningRate: 0.05, weightDecay: 0.1 },
    [0.85010666, -1.8500873, 0.35045147],
  ],
  ['adamw', { ...torchOptimizers.adamw, learningRate: 0.05 }, [0.84864032, -1.8471417, 0.34963885]],
  ['rmsprop with momentum', { ...torchOptimizers.rmsprop, momentum: 0.5 }, [0.66368401, -1.663684, 0.17378692]],
  ['adagrad', torchOptimizers.adagrad, [0.97717595, -1.977176, 0.47723797]],
];
