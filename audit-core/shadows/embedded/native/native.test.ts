import assert from 'node:assert/strict';
import type * as tfjs from '@tensorflow/tfjs';
import { runtimeAssets } from '../../../../server/workspace/assets';
import { startTfjs } from '../../../runtime/tfjs';
import { uniformStream } from '../../../statistics/random';
import { completeKernels } from '../kernels';
import { updateRule } from '../optimizers';
import { torchOptimizers } from '../recipe';
import { startWeights } from '../weights';
import { signed, unsigned } from './assembler';
import { Heap } from './heap';
import { multiply } from './matrix';

describe('the native kernels', () => {
  let tf: typeof tfjs;
  let heap: Heap;
  before(async () => {
    tf = await startTfjs(runtimeAssets(__dirname));
    completeKernels(tf);
    heap = Heap.of(tf)!;
  });
  const random = uniformStream(3);
  const numbers = (size: number): Float32Array => Float32Array.from({ length: size }, () => 2 * random() - 1);
  const size = (shape: readonly number[]): number => shape.reduce((product, each) => product * each, 1);

  /** The same numbers by the cpu backend, whose kernels are plain loops, and by ours. */
  const agree = async (name: string, shapes: number[][], f: (...x: tfjs.Tensor[]) => tfjs.Tensor): Promise<void> => {
    const values = shapes.map(shape => numbers(size(shape)));
    const by = async (backend: string): Promise<Float32Array> => {
      await tf.setBackend(backend);
      const made = tf.tidy(() => f(...values.map((value, i) => tf.tensor(value, shapes[i]!))));
      return (await made.data()) as Float32Array;
    };
    const [expected, got] = [await by('cpu'), await by('wasm')];
    assert.equal(got.length, expected.length, name);
    for (const [at, value] of expected.entries())
      assert.ok(Math.abs(value - got[at]!) < 1e-4 * Math.max(1, Math.abs(value)), `${name} at ${at}`);
  };

  it('encodes integers as the specification says', () => {
    // DWARF 4, figures 22 and 23, from where LEB128 comes.
    assert.deepEqual([2, 127, 128, 129, 12857].map(unsigned), [[2], [127], [0x80, 1], [0x81, 1], [0xb9, 0x64]]);
    assert.deepEqual([2, -2, 127, -127, 128, -128, -129].map(signed), [
      [2],
      [0x7e],
      [0xff, 0],
      [0x81, 0x7f],
      [0x80, 1],
      [0x80, 0x7f],
      [0xff, 0x7e],
    ]);
  });

  it('multiplies matrices of any size, both ways up, and adds to what is there', () => {
    for (const [rows, columns, depth] of [
      [1, 1, 1],
      [5, 3, 4],
      [6, 8, 9],
      [7, 17, 3],
      [13, 10, 31],
      [125, 9, 6],
      [3, 11, 1030],
    ] as const)
      for (const turnedA of [false, true])
        for (const turnedB of [false, true])
          for (const add of [false, true]) {
            const [a, b] = [numbers(rows * depth), numbers(depth * columns)];
            const [left, right] = [tf.tensor1d(a), tf.tensor1d(b)];
            const out = tf.fill([rows * columns], 2);
            multiply(heap, {
              a: { at: heap.at(left), row: turnedA ? 4 : 4 * depth, column: turnedA ? 4 * rows : 4 },
              b: { at: heap.at(right), row: turnedB ? 4 : 4 * columns, column: turnedB ? 4 * depth : 4 },
              c: heap.at(out),
              ...{ rows, columns, depth, add },
            });
            const got = out.dataSync();
            for (let row = 0; row < rows; row++)
              for (let column = 0; column < columns; column++) {
                let sum = add ? 2 : 0;
                for (let k = 0; k < depth; k++)
                  sum +=
                    a[turnedA ? k * rows + row : row * depth + k]! *
                    b[turnedB ? column * depth + k : k * columns + column]!;
                const place = `${rows}×${columns}×${depth} ${turnedA} ${turnedB} ${add}, ${row} ${column}`;
                assert.ok(Math.abs(got[row * columns + column]! - sum) < 1e-4 * Math.max(1, depth / 50), place);
              }
            tf.dispose([left, right, out]);
          }
  });

  it('computes what the cpu backend computes', async () => {
    type T4 = tfjs.Tensor4D;
    for (const [stride, pad] of [
      [1, 'valid'],
      [2, 'same'],
      [1, 2],
    ] as const)
      await agree(
        `conv ${stride} ${pad}`,
        // Where padding is a number, the cpu backend takes filters to be square.
        [
          [3, 9, 8, 5],
          [3, pad === 2 ? 3 : 2, 5, 7],
        ],
        (x, w) => tf.conv2d(x as T4, w as T4, stride, pad, 'NHWC', 1, pad === 2 ? 'floor' : undefined),
      );
    await agree(
      'dilated',
      [
        [1, 9, 8, 2],
        [3, 3, 2, 3],
      ],
      (x, w) => tf.conv2d(x as T4, w as T4, 1, 'valid', 'NHWC', 2),
    );
    await agree(
      'batched products',
      [
        [3, 4, 5],
        [3, 5, 6],
      ],
      (a, b) => tf.matMul(a, b),
    );
    await agree(
      'one matrix for many',
      [
        [3, 4, 5],
        [5, 6],
      ],
      (a, b) => tf.matMul(a, b),
    );
    for (const activation of ['linear', 'relu', 'elu'] as const)
      await agree(`fused ${activation}`, [[9, 5], [5, 11], [11]], (a, b, bias) =>
        tf.fused.matMul({ a: a as tfjs.Tensor2D, b: b as tfjs.Tensor2D, bias: bias!, activation }),
      );
    await agree(
      'fused without bias',
      [
        [9, 5],
        [5, 11],
      ],
      (a, b) => tf.fused.matMul({ a: a as tfjs.Tensor2D, b: b as tfjs.Tensor2D, activation: 'relu' }),
    );
    for (const order of [
      [0, 3, 1, 2],
      [0, 2, 3, 1],
      [2, 3, 1, 0],
      [1, 0, 2, 3],
      [0, 1, 3, 2],
    ])
      await agree(`transpose ${order}`, [[3, 6, 7, 9]], x => tf.transpose(x, order));
    for (const axes of [[0], [0, 1], [0, 1, 2], [2], [1, 3], [0, 1, 2, 3]])
      for (const keep of [true, false]) await agree(`sum ${axes} ${keep}`, [[30, 6, 5, 7]], x => tf.sum(x, axes, keep));
  });

  it('gives the gradient of a largest value to the first place that has it, with windows apart and overlapping', async () => {
    for (const [window, stride, channels, pad] of [
      [2, 2, 8, 'valid'],
      [3, 2, 4, 'same'],
      [2, 1, 3, 'valid'],
      [3, 2, 5, 1],
    ] as const)
      await agree(`pool ${window} ${stride} ${channels} ${pad}`, [[2, 7, 7, channels]], x =>
        tf.grad(y =>
          tf
            .maxPool(y as tfjs.Tensor4D, window, stride, pad, pad === 1 ? 'floor' : undefined)
            .mul(tf.range(1, 1 + channels)),
        )(x),
      );
    await tf.setBackend('wasm');
    const flat = tf.tidy(() =>
      tf
        .grad(x => tf.maxPool(x as tfjs.Tensor4D, 2, 2, 'valid'))(tf.ones([1, 2, 2, 4]))
        .dataSync(),
    );
    assert.deepEqual([...flat], [1, 1, 1, 1, ...new Array<number>(12).fill(0)]);
  });

  it('moves weights as the plain rule does, gradients shared or clipped', () => {
    for (const name of ['adam', 'adamw', 'sgd', 'rmsprop'] as const) {
      const recipe = { ...torchOptimizers[name], weightDecay: 0.05, momentum: name === 'sgd' ? 0.9 : 0 };
      const start = [numbers(7), numbers(6)];
      const shapes = [[7], [2, 3]];
      const plain = start.map(each => each.slice());
      const rules = plain.map(each => updateRule(recipe, each.length));
      const held = startWeights(
        tf,
        shapes.map((shape, i) => ({
          name: String(i),
          shape,
          initial: { kind: 'values', values: start[i]! },
          trained: true,
        })),
        start,
        { optimizer: recipe, library: 'torch', clip: { by: 'norm', limit: 1 } },
      );
      const factors = new Set<boolean>();
      for (let step = 1; step <= 6; step++) {
        const slopes = start.map(each => numbers(each.length).map(value => (step % 2 ? value : value / 10)));
        const norm = Math.hypot(...slopes.flatMap(each => [...each]));
        const factor = Math.min(1, 1 / norm);
        factors.add(factor < 1);
        const at = { step, rate: recipe.learningRate / step, momentum: null };
        tf.tidy(() =>
          held.step(
            slopes.map((slope, i) => tf.tensor(slope, shapes[i]!)),
            at,
          ),
        );
        for (const [i, rule] of rules.entries())
          rule(
            plain[i]!,
            slopes[i]!.map(each => each * factor),
            at,
          );
      }
      assert.equal(factors.size, 2, 'some steps are clipped, some are not');
      for (const [i, values] of plain.entries()) {
        const got = held.tensors[i]!.dataSync();
        for (const [at, value] of values.entries()) assert.ok(Math.abs(value - got[at]!) < 2e-5, `${name} ${i} ${at}`);
      }
      assert.equal(held.diverged(), false);
      held.dispose();
    }
  });
});
