import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs';
import { runtimeAssets } from '../../../server/workspace/assets';
import { startTfjs } from '../../runtime/tfjs';
import { uniformStream } from '../../statistics/random';
import { denseChain } from './dense';
import type { Lesson } from './gradients';
import { completeKernels } from './kernels';
import { type Loss, lossFor, lossGradient, measure, pullOf, type Targets } from './losses';
import { updateRule } from './optimizers';
import { privateSteps } from './private';
import { privateGradients, quickIsExact } from './private-gradients';
import {
  kerasOptimizers,
  type LossName,
  type LossRecipe,
  type OptimizerRecipe,
  plainLoss,
  plainRecipe,
  torchOptimizers,
} from './recipe';
import { ratesAt, type Shape } from './schedules';
import { type EarlyStopping, earlyStop, type Plateau, plateau } from './stopping';
import type { Trainable } from './trainable';
import { startWeights } from './weights';

type Name = OptimizerRecipe['name'];
type LossCase = readonly [
  LossName,
  Partial<LossRecipe>,
  'classes' | 'bits' | 'numbers',
  readonly [number, readonly number[]],
];

/** Computed by PyTorch, Keras and Opacus themselves: test/fixtures/training/README.md. */
interface Reference {
  readonly kerasOptimizers: readonly (readonly [Name, Partial<OptimizerRecipe>, string | null, readonly number[]])[];
  readonly torchOptimizers: readonly (readonly [Name, Partial<OptimizerRecipe>, readonly number[]])[];
  readonly torchSchedules: readonly (readonly [Shape, readonly (readonly [number, number])[]])[];
  readonly kerasSchedules: readonly (readonly [number, Shape, readonly number[]])[];
  readonly stopping: readonly (readonly [readonly number[], EarlyStopping, readonly [number, number]])[];
  readonly plateau: readonly (readonly [readonly number[], Plateau, readonly number[]])[];
  readonly logits: readonly number[];
  readonly classes: readonly number[];
  readonly bits: readonly number[];
  readonly numbers: readonly number[];
  readonly torchLosses: readonly LossCase[];
  readonly kerasLosses: readonly LossCase[];
  readonly balanced: readonly number[];
  readonly opacus: {
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly start: readonly (readonly number[])[];
    readonly moved: readonly (readonly number[])[];
  };
  readonly noise: readonly (readonly [number, number, number, number, number])[];
}

const reference = JSON.parse(
  readFileSync(join(__dirname, '../../../test/fixtures/training/reference.json'), 'utf8'),
) as Reference;

const near = (got: Iterable<number>, wanted: readonly number[], tolerance: number, what: string): void => {
  const values = [...got];
  assert.equal(values.length, wanted.length, what);
  for (const [i, value] of values.entries())
    assert.ok(Math.abs(value - wanted[i]!) < tolerance, `${what}, ${i}: ${value} for ${wanted[i]}`);
};

describe('the embedded engine beside PyTorch, Keras and Opacus', () => {
  let tf: typeof tfjs;
  before(async () => {
    tf = await startTfjs(runtimeAssets(__dirname));
    completeKernels(tf);
    await tf.setBackend('wasm');
  });

  const moved = (optimizer: OptimizerRecipe, library: 'torch' | 'keras', rate: (step: number) => number): number[] => {
    const w = Float32Array.of(1, -2, 0.5);
    const rule = updateRule(optimizer, 3, 0, library);
    for (let step = 1; step <= 4; step++) {
      const g = Float32Array.from(w, (value, i) => 0.1 * value + [0.3, -0.2, 0.05][i]!);
      rule(w, g, { step, rate: rate(step - 1), momentum: null });
    }
    return [...w];
  };

  it('moves weights as they do', () => {
    for (const [name, settings, schedule, wanted] of reference.kerasOptimizers) {
      const optimizer = { ...kerasOptimizers[name], ...settings };
      const decay: Shape = { kind: 'keras-exponential', over: 2, rate: 0.5, staircase: false };
      const rate = (step: number): number =>
        ratesAt(schedule ? { every: 'step', ...decay } : null, optimizer.learningRate, step, 1).rate;
      near(moved(optimizer, 'keras', rate), wanted, 3e-6, `Keras ${name} ${JSON.stringify(settings)}`);
    }
    for (const [name, settings, wanted] of reference.torchOptimizers) {
      const optimizer = { ...torchOptimizers[name], ...settings };
      near(
        moved(optimizer, 'torch', () => optimizer.learningRate),
        wanted,
        3e-6,
        `torch ${name} ${JSON.stringify(settings)}`,
      );
    }
  });

  it('has the rates of their schedules', () => {
    for (const [shape, wanted] of reference.torchSchedules)
      for (const [t, [rate, momentum]] of wanted.entries()) {
        const got = ratesAt({ every: 'step', ...shape }, 0.1, t, 7);
        near([got.rate], [rate], 1e-7, `${JSON.stringify(shape)} at ${t}`);
        if (got.momentum !== null) near([got.momentum], [momentum], 1e-7, `momentum of ${shape.kind} at ${t}`);
        // Told by epoch, every batch of one has the same.
        assert.deepEqual(ratesAt({ every: 'epoch', ...shape }, 0.1, 7 * t + 3, 7), got);
      }
    for (const [base, shape, wanted] of reference.kerasSchedules)
      for (const [t, rate] of wanted.entries())
        near([ratesAt({ every: 'step', ...shape }, base, t, 7).rate], [rate], 1e-7, `${JSON.stringify(shape)} at ${t}`);
    const cosine = { every: 'step', kind: 'cosine', over: { steps: 0, epochs: 2 }, least: 0 } as const;
    near([ratesAt(cosine, 1, 7, 7).rate], [0.5], 1e-12, 'a length in epochs');
  });

  it('stops where Keras stops, goes back to the same epoch and slows down at the same', () => {
    for (const [losses, settings, [last, restored]] of reference.stopping) {
      const ask = earlyStop(settings);
      let [end, best] = [losses.length - 1, -1];
      for (const [epoch, value] of losses.entries()) {
        const { keep, stop } = ask(epoch, { [settings.monitor]: value });
        if (keep) best = epoch;
        if (stop) {
          end = epoch;
          break;
        }
      }
      assert.deepEqual([end, settings.restoreBest ? best : end], [last, restored], JSON.stringify(settings));
    }
    for (const [losses, settings, wanted] of reference.plateau) {
      const ask = plateau(settings);
      let rate = 0.1;
      const rates = losses.map(value => {
        rate = ask(rate, { [settings.monitor]: value });
        return rate;
      });
      near(rates, wanted, 1e-7, JSON.stringify(settings));
    }
  });

  it('has the values and gradients of their losses', () => {
    const rows = Int32Array.from({ length: 5 }, (_, i) => i);
    const targets: Record<string, Targets> = {
      classes: { classes: Int32Array.from(reference.classes), values: null, width: 1 },
      bits: { classes: null, values: Float32Array.from(reference.bits), width: 3 },
      numbers: { classes: null, values: Float32Array.from(reference.numbers), width: 3 },
    };
    const each = (library: 'torch' | 'keras', cases: readonly LossCase[]): void => {
      for (const [name, settings, kind, [value, gradient]] of cases) {
        const recipe = { ...plainLoss(name), ...settings };
        const loss: Loss = lossFor(
          { ...plainRecipe(library, torchOptimizers.sgd, name), loss: recipe },
          targets[kind]!,
          rows,
        );
        const what = `${library} ${name} ${JSON.stringify(settings)}`;
        const got = tf.tidy(() =>
          lossGradient(
            tf,
            tf.tensor2d([...reference.logits], [5, 3]),
            pullOf(loss, targets[kind]!, rows, 3),
            loss,
          ).dataSync(),
        );
        near(got, gradient, 1e-6, what);
        if (!recipe.classWeights)
          near([measure(loss, targets[kind]!, rows, Float32Array.from(reference.logits)).loss], [value], 1e-5, what);
      }
    };
    each('torch', reference.torchLosses);
    each('keras', reference.kerasLosses);
    const balanced = {
      ...plainRecipe('torch', torchOptimizers.sgd, 'cross-entropy'),
      loss: { ...plainLoss('cross-entropy'), classWeights: 'balanced' as const },
    };
    near(lossFor(balanced, targets.classes!, rows).weights!, reference.balanced, 1e-6, 'balanced');
  });

  /** The network of the private step, and its lesson. */
  const lessonOf = (network: Trainable, start: readonly (readonly number[])[]): Lesson => {
    const { x, y } = reference.opacus;
    const targets: Targets = { classes: Int32Array.from(y), values: null, width: 1 };
    const recipe = plainRecipe('torch', torchOptimizers.sgd, 'cross-entropy');
    const all = new Uint8Array(6).fill(1);
    return {
      tf,
      network,
      data: { features: Float32Array.from(x), rows: 6, shape: [4], targets, members: all, eligible: all },
      held: startWeights(
        tf,
        network.weights,
        start.map(each => Float32Array.from(each)),
        recipe,
      ),
      loss: lossFor(recipe, targets, Int32Array.of(0, 1, 2, 3, 4, 5)),
    };
  };
  const shapes = [[5, 4], [5], [3, 5], [3]] as const;
  const net = (twice = false): Trainable => ({
    weights: shapes.map((shape, i) => ({
      name: String(i),
      shape: [...shape],
      initial: { kind: 'constant', value: 0 },
      trained: true,
    })),
    forward: (on, input, w) => {
      const [a, b, c, d] = w as [tfjs.Tensor2D, tfjs.Tensor, tfjs.Tensor2D, tfjs.Tensor];
      const hidden = on.tanh(on.add(on.matMul(input as tfjs.Tensor2D, a, false, true), b)) as tfjs.Tensor2D;
      const out = on.add(on.matMul(hidden, c, false, true), d);
      return twice ? on.add(out, on.mul(out, on.sum(b))) : out;
    },
  });

  it('clips and sums rows as Opacus does, at once or one by one', () => {
    const rows = Int32Array.of(0, 1, 2, 3, 4, 5);
    const pass = { training: true, random: uniformStream(1), update: () => {} };
    const steps = { clipNorm: 0.5, deviation: 0, expectedBatch: 6 };
    for (const quick of [true, false]) {
      const lesson = lessonOf(net(), reference.opacus.start);
      assert.equal(quickIsExact(lesson, rows, pass), true);
      tf.tidy(() => {
        const sums = privateGradients(lesson, rows, pass, steps, quick);
        for (const [i, each] of sums.entries())
          near(
            each.dataSync().map(value => -value),
            reference.opacus.moved[i]!,
            1e-6,
            `weight ${i}, quick: ${quick}`,
          );
      });
      lesson.held.dispose();
    }
  });

  it('goes row by row where a weight is used in another way', () => {
    const lesson = lessonOf(net(true), reference.opacus.start);
    const pass = { training: true, random: uniformStream(1), update: () => {} };
    assert.equal(quickIsExact(lesson, Int32Array.of(0, 1, 2, 3), pass), false);
    lesson.held.dispose();
    const chain = denseChain([4, 5, 3]);
    const start = chain.weights.map(({ shape }) =>
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
    );
    const inside = lessonOf(chain, start);
    assert.equal(quickIsExact(inside, Int32Array.of(0, 1, 2, 3), pass), false, 'products out of sight');
    inside.held.dispose();
  });

  it('adds the noise that was asked for, and solves for a target as Opacus does', () => {
    const lesson = lessonOf(net(), reference.opacus.start);
    const pass = { training: true, random: uniformStream(2), update: () => {} };
    const steps = { clipNorm: 0.5, deviation: 3, expectedBatch: 2 };
    const draws: number[] = [];
    for (let i = 0; i < 60; i++)
      tf.tidy(() => {
        for (const each of privateGradients(lesson, new Int32Array(0), pass, steps, true))
          draws.push(...each.dataSync());
      });
    lesson.held.dispose();
    const mean = draws.reduce((sum, each) => sum + each, 0) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, each) => sum + (each - mean) ** 2, 0) / draws.length);
    // 2,580 draws of standard deviation 3/2: its estimate is within 4 standard errors (1.5/√5160).
    assert.ok(Math.abs(deviation - 1.5) < 0.085, String(deviation));
    for (const [epsilon, delta, epochs, batches, multiplier] of reference.noise) {
      const noise = { kind: 'target', epsilon, delta, epochs } as const;
      const got = privateSteps({ clipNorm: 1, noise }, 1000, batches).deviation;
      // Opacus stops within .01 of the target ε, on the private side.
      assert.ok(got <= multiplier && got > multiplier * 0.95, `${got} for ${multiplier}`);
    }
  }).timeout(20_000);
});
